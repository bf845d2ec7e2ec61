//! Names the interpreter itself uses, as interned immortal strings: `names().__init__` is a `&'static Object`.
//! Add a name to the table and it is there.

use std::cell::Cell;

use crate::object::Object;

/// A slot filled at start-up.
pub struct Name(Cell<*const Object>);

impl std::ops::Deref for Name {
    type Target = Object;

    #[inline(always)]
    fn deref(&self) -> &Object {
        // SAFETY: `init_names` ran before any Python object was used; interned names are immortal.
        unsafe { &*self.0.get() }
    }
}

macro_rules! names {
    ($($name:ident)*) => {
        /// All of them, by their own spelling.
        #[allow(non_snake_case)]
        pub struct Names { $(pub $name: Name,)* }

        // SAFETY: written once at start-up, under the lock.
        unsafe impl Sync for Names {}

        static NAMES: Names = Names { $($name: Name(Cell::new(std::ptr::null())),)* };

        /// Interns all names; once, after the str type is ready to make strings.
        pub fn init_names() {
            $(NAMES.$name.0.set(crate::types::str::intern_immortal(stringify!($name)));)*
        }
    };
}

/// The table.
#[inline(always)]
pub fn names() -> &'static Names {
    &NAMES
}

names! {
    __abs__ __add__ __aenter__ __aexit__ __aiter__ __all__ __and__ __anext__ __annotate__ __annotate_func__ __annotations__
    __annotations_cache__ __await__ __bases__ __bool__ __build_class__ __builtins__ __bytes__ __call__ __cached__ __cause__ __ceil__
    __class__ __class_getitem__ __classcell__ __classdict__ __classdictcell__ __closure__ __code__ __complex__ __conditional_annotations__
    __contains__ __context__ __copy__ __debug__ __deepcopy__ __defaults__ __del__ __delattr__ __delete__ __delitem__ __dict__ __dir__
    __divmod__ __doc__ __enter__ __eq__ __exit__ __file__ __firstlineno__ __float__ __floor__ __floordiv__ __format__ __ge__ __get__
    __getattr__ __getattribute__ __getitem__ __getnewargs__ __getnewargs_ex__ __getstate__ __globals__ __gt__ __hash__ __iadd__ __iand__
    __ifloordiv__ __ilshift__ __imatmul__ __imod__ __import__ __imul__ __index__ __init__ __init_subclass__ __instancecheck__ __int__
    __invert__ __ior__ __ipow__ __irshift__ __isabstractmethod__ __isub__ __iter__ __itruediv__ __ixor__ __kwdefaults__ __le__ __len__
    __length_hint__ __loader__ __lshift__ __lt__ __main__ __match_args__ __matmul__ __missing__ __mod__ __module__ __mro__ __mro_entries__
    __mul__ __name__ __ne__ __neg__ __new__ __next__ __notes__ __objclass__ __or__ __orig_bases__ __package__ __path__ __pos__ __pow__
    __prepare__ __qualname__ __radd__ __rand__ __rdivmod__ __reduce__ __reduce_ex__ __release_buffer__ __buffer__ __repr__ __reversed__
    __rfloordiv__ __rlshift__ __rmatmul__ __rmod__ __rmul__ __ror__ __round__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__
    __rxor__ __self__ __set__ __set_name__ __setattr__ __setitem__ __setstate__ __sizeof__ __slots__ __spec__ __static_attributes__
    __str__ __sub__ __subclasscheck__ __subclasshook__ __suppress_context__ __text_signature__ __traceback__ __truediv__ __trunc__
    __type_params__ __typing_subst__ __typing_prepare_subst__ __typing_is_unpacked_typevartuple__ __orig_class__ __weakref__ __wrapped__ __xor__ _fields _slotnames origin split add_note append args big builtins closed close
    code copy end encoding errno errors excepthook extend file filename fileno find_spec flush get getstate isatty items join key keys
    last_exc lineno little metaclass mode modules mro msg name name_from obj object offset end_lineno end_offset text print_file_and_line
    open path pop print readline replace reverse send sep setdefault sort start stderr stdin stdout step stop strict sys_ throw
    tb_next update value values warnings write ps1 ps2 _is_text_encoding decode encode default signed byteorder maxsplit tabsize
    keepends filters __origin__ __args__ __parameters__ __bound__ __constraints__ __default__ __value__ __covariant__ __contravariant__
    __infer_variance__ __unpacked__ __typing_unpacked_tuple_args__ __fspath__ globals locals closure fromlist level initial func
    dont_inherit optimize source flags _feature_version return_ displayhook displayhook_ __displayhook__ __excepthook__ __stdout__
    __stderr__ __stdin__ unraisablehook breakpointhook is_running exc_type exc_value exc_traceback err_msg path_hooks meta_path
    True False
}
