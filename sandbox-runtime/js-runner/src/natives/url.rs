//! Addresses, parsed as the WHATWG URL standard says.

use rquickjs::function::{Func, Opt};
use rquickjs::{Ctx, Object, Result};
use url::{Url, quirks};

pub(super) fn install(native: &Object<'_>) -> Result<()> {
    native.set("urlParse", Func::from(parse))?;
    native.set("urlSet", Func::from(set))
}

/// `undefined` when it is not an address.
fn parse<'js>(ctx: Ctx<'js>, text: String, base: Opt<Option<String>>) -> Result<Option<Object<'js>>> {
    let parsed = match base.0.flatten() {
        Some(base) => Url::parse(&base).and_then(|base| base.join(&text)),
        None => Url::parse(&text),
    };
    parsed.ok().map(|url| object(ctx, &url)).transpose()
}

/// Sets one part, as the properties of `URL` do; `undefined` when that cannot be.
fn set<'js>(ctx: Ctx<'js>, href: String, part: String, value: String) -> Result<Option<Object<'js>>> {
    let Ok(mut url) = Url::parse(&href) else {
        return Ok(None);
    };
    let set = match part.as_str() {
        "href" => quirks::set_href(&mut url, &value).is_ok(),
        "protocol" => quirks::set_protocol(&mut url, &value).is_ok(),
        "username" => quirks::set_username(&mut url, &value).is_ok(),
        "password" => quirks::set_password(&mut url, &value).is_ok(),
        "host" => quirks::set_host(&mut url, &value).is_ok(),
        "hostname" => quirks::set_hostname(&mut url, &value).is_ok(),
        "port" => quirks::set_port(&mut url, &value).is_ok(),
        "pathname" => {
            quirks::set_pathname(&mut url, &value);
            true
        }
        "search" => {
            quirks::set_search(&mut url, &value);
            true
        }
        "hash" => {
            quirks::set_hash(&mut url, &value);
            true
        }
        _ => false,
    };
    if set {
        object(ctx, &url).map(Some)
    } else {
        Ok(None)
    }
}

fn object<'js>(ctx: Ctx<'js>, url: &Url) -> Result<Object<'js>> {
    let object = Object::new(ctx)?;
    object.set("href", quirks::href(url))?;
    object.set("origin", quirks::origin(url))?;
    object.set("protocol", quirks::protocol(url))?;
    object.set("username", quirks::username(url))?;
    object.set("password", quirks::password(url))?;
    object.set("host", quirks::host(url))?;
    object.set("hostname", quirks::hostname(url))?;
    object.set("port", quirks::port(url))?;
    object.set("pathname", quirks::pathname(url))?;
    object.set("search", quirks::search(url))?;
    object.set("hash", quirks::hash(url))?;
    Ok(object)
}
