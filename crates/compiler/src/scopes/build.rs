use super::*;
pub(super) fn build(_module: &Module, _features: &Features) -> Result<Scopes, Error> {
    todo!()
}
