//! My app: type an NHS number, see the patient.
//!
//! This file finds the page for a request, `nhs_number` checks what was typed, `pds` asks the Personal Demographics
//! Service, `page` writes the HTML. Files in `public/` are served by the sandbox itself.

mod nhs_number;
mod page;
mod pds;

use nhs_number::NhsNumber;
use wstd::http::{Body, Error, Method, Request, Response};

#[wstd::http_server]
async fn main(request: Request<Body>) -> Result<Response<Body>, Error> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let refused = Response::builder().status(405).header("allow", "GET, HEAD");
        return Ok(refused.body(Body::empty())?);
    }
    let (status, page) = match request.uri().path() {
        "/" => look_up(request.uri().query()).await,
        _ => (404, page::no_such_page()),
    };
    Ok(Response::builder()
        .status(status)
        .header("content-type", "text/html; charset=utf-8")
        // The page is about one person, and its address holds their number: keep neither, tell nobody.
        .header("cache-control", "no-store")
        .header("referrer-policy", "no-referrer")
        .body(page.into_string().into())?)
}

/// The one page of this app: the form, and below it what came of using it.
async fn look_up(query: Option<&str>) -> (u16, page::Page) {
    let Some(typed) = field(query, "nhs") else {
        return (200, page::form("", None));
    };
    match NhsNumber::parse(&typed) {
        // Nobody is asked about a number that cannot be right.
        Err(problem) => (200, page::form(&typed, Some(problem))),
        Ok(number) => {
            let answer = pds::read_patient(&number).await;
            (200, page::answer(&number, &answer))
        }
    }
}

/// A field of the form; nothing when the page was opened without it.
fn field(query: Option<&str>, wanted: &str) -> Option<String> {
    form_urlencoded::parse(query?.as_bytes())
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value.into_owned())
}
