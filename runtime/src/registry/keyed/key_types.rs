//! The keys among the types of the standard library.

#![allow(
    clippy::inline_always,
    reason = "left to the compiler, a look-up by text has two calls: 220 instructions, not 197"
)]

use std::{
    borrow::Cow,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    num::NonZero,
    rc::Rc,
    sync::Arc,
};

use crate::{
    engine::Engine,
    registry::keyed::{
        by_display::by_display, group::Group, key::Key, key_text::CAPACITY, map_key::ABSENT, number::Number,
    },
};

impl Key for str {
    fn write(&self, text: &mut dyn fmt::Write) -> fmt::Result {
        text.write_str(self)
    }

    #[inline(always)]
    fn find_in(&self, group: &Group) -> Option<Arc<Engine>> {
        // A longer text is not in the map as it is.
        if self.len() > CAPACITY {
            return None;
        }
        group.get_text(self.as_bytes())
    }
}

/// `None` is a key of its own, which no text is equal to.
impl<K: Key> Key for Option<K> {
    fn write(&self, text: &mut dyn fmt::Write) -> fmt::Result {
        match self {
            Some(key) => key.write(text),
            None => text.write_str(ABSENT),
        }
    }

    #[inline(always)]
    fn find_in(&self, group: &Group) -> Option<Arc<Engine>> {
        match self {
            Some(key) => key.find_in(group),
            None => Some(group.get_absent()),
        }
    }
}

macro_rules! pointers {
    ($([$($generics:tt)*] $pointer:ty;)*) => {$(
        impl<$($generics)*> Key for $pointer {
            fn write(&self, text: &mut dyn fmt::Write) -> fmt::Result {
                (**self).write(text)
            }

            #[inline(always)]
            fn find_in(&self, group: &Group) -> Option<Arc<Engine>> {
                (**self).find_in(group)
            }
        }
    )*};
}

pointers! {
    [] String;
    [] Cow<'_, str>;
    [K: Key + ?Sized] &K;
    [K: Key + ?Sized] &mut K;
    [K: Key + ?Sized] Box<K>;
    [K: Key + ?Sized] Rc<K>;
    [K: Key + ?Sized] Arc<K>;
}

macro_rules! whole_numbers {
    ($($unsigned:ty, $signed:ty;)*) => {$(
        whole_numbers! { $unsigned }
        whole_numbers! { $signed }
    )*};
    ($number:ty) => {
        impl Key for $number {
            fn write(&self, text: &mut dyn fmt::Write) -> fmt::Result {
                write!(text, "{self}")
            }

            #[inline(always)]
            #[allow(clippy::cast_lossless, reason = "`usize` cannot be converted by `From`")]
            fn find_in(&self, group: &Group) -> Option<Arc<Engine>> {
                Some(group.get_number(Number(*self as i128)))
            }
        }

        impl Key for NonZero<$number> {
            fn write(&self, text: &mut dyn fmt::Write) -> fmt::Result {
                self.get().write(text)
            }

            #[inline(always)]
            fn find_in(&self, group: &Group) -> Option<Arc<Engine>> {
                self.get().find_in(group)
            }
        }
    };
}

// None of these has more than 64 bits.
whole_numbers! { u8, i8; u16, i16; u32, i32; u64, i64; usize, isize; }

macro_rules! displayed {
    ($($ty:ty),*) => {$(
        impl Key for $ty {
            fn write(&self, text: &mut dyn fmt::Write) -> fmt::Result {
                by_display(self).write(text)
            }

            #[inline(always)]
            fn find_in(&self, group: &Group) -> Option<Arc<Engine>> {
                by_display(self).find_in(group)
            }
        }
    )*};
}

displayed! {
    u128, i128, NonZero<u128>, NonZero<i128>, f32, f64, char, bool, fmt::Arguments<'_>,
    IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6,
    dyn fmt::Display + '_, dyn fmt::Display + Send + '_, dyn fmt::Display + Send + Sync + '_
}
