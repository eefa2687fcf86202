//! An annotated future is `UnwindSafe` if the plain one is.

use std::{io, panic::UnwindSafe};

use fusebox::circuit_breaker;

fn is_unwind_safe<F: UnwindSafe>(_: fn(u64) -> F) {}

async fn plain(id: u64) -> io::Result<u64> {
    std::future::ready(()).await;
    Ok(id)
}

macro_rules! guarded {
    ($id:ident: $($name:ident($($argument:tt)*);)*) => {
        $(
            #[circuit_breaker($($argument)*)]
            async fn $name($id: u64) -> io::Result<u64> {
                std::future::ready(()).await;
                Ok($id)
            }
        )*

        #[test]
        fn an_annotated_future_is_unwind_safe() {
            is_unwind_safe(plain);
            $(is_unwind_safe($name);)*
        }
    };
}

guarded! {
    id:
    bare();
    ignore(ignore = Err(_));
    path(fallback = plain);
    closure(fallback = |_| Ok(1));
    waiting_closure(fallback = |_| plain(id).await);
    path_on_failure(fallback = plain, fallback_on = "failure");
    closure_on_failure(fallback = |_| Ok(id), fallback_on = "failure");
    kept(last_good = "1s");
    timeout(timeout = "1s");
    timeout_and_path(timeout = "1s", fallback = plain, fallback_on = "failure");
}
