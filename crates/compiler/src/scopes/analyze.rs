use super::*;
pub(super) fn analyze(_scopes: &mut Scopes) -> Result<(), Error> {
    todo!()
}
