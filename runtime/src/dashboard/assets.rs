//! The files of the page, which are part of the program.

/// A file of the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asset {
    pub(super) path: &'static str,
    pub(super) content_type: &'static str,
    pub(super) text: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const IMAGE: &str = "image/svg+xml";

/// Makes an asset of each file of `page/`.
macro_rules! assets {
    ($($path:literal from $file:literal: $content_type:ident;)+) => {
        &[$(Asset {
            path: $path,
            content_type: $content_type,
            text: include_str!(concat!("page/", $file)),
        }),+]
    };
}

/// The files of the page. The page itself has the empty path.
pub(super) const ALL: &[Asset] = assets! {
    "" from "index.html": HTML;
    "style.css" from "style.css": STYLE;
    "icon.svg" from "icon.svg": IMAGE;
    "main.js" from "main.js": SCRIPT;
    "circles.js" from "circles.js": SCRIPT;
    "command.js" from "command.js": SCRIPT;
    "detail.js" from "detail.js": SCRIPT;
    "dom.js" from "dom.js": SCRIPT;
    "feed.js" from "feed.js": SCRIPT;
    "fleet.js" from "fleet.js": SCRIPT;
    "format.js" from "format.js": SCRIPT;
    "group.js" from "group.js": SCRIPT;
    "list.js" from "list.js": SCRIPT;
    "sheet.js" from "sheet.js": SCRIPT;
    "sparkline.js" from "sparkline.js": SCRIPT;
    "store.js" from "store.js": SCRIPT;
};

/// The description of the JSON API, for programs.
pub(super) const OPENAPI: &str = include_str!("openapi.json");

/// Returns the asset of this path, without the leading slash.
pub(super) fn find(path: &str) -> Option<Asset> {
    ALL.iter().find(|asset| asset.path == path).copied()
}
