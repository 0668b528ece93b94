//! Patient lookup: type an NHS number, see the patient.
//!
//! The road of a request: this file finds the page, `nhs_number` checks what was typed, `pds` asks the Personal
//! Demographics Service, `page` writes the HTML.

mod date;
mod nhs_number;
mod page;
mod pds;

use date::Day;
use nhs_number::NhsNumber;
use page::Page;
use wstd::http::{Body, Error, Method, Request, Response};

const STYLE: &str = include_str!("style.css");

#[wstd::http_server]
async fn main(request: Request<Body>) -> Result<Response<Body>, Error> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let answer = Response::builder().status(405).header("allow", "GET, HEAD");
        return Ok(answer.body(Body::empty())?);
    }
    match request.uri().path() {
        "/" => html(200, look_up(request.uri().query()).await),
        "/style.css" => Ok(Response::builder()
            .header("content-type", "text/css; charset=utf-8")
            // An hour: long enough for a session, short enough for a new version of the app to be seen.
            .header("cache-control", "public, max-age=3600")
            .body(STYLE.into())?),
        other => html(404, page::no_such_page(other)),
    }
}

/// The one page of this app: the form, and below it what came of using it.
async fn look_up(query: Option<&str>) -> Page {
    let Some(typed) = typed_number(query) else {
        println!("Showing the form");
        return page::form();
    };
    let number = match NhsNumber::parse(&typed) {
        Ok(number) => number,
        Err(problem) => {
            println!("Nobody is asked: {problem}");
            return page::problem(&typed, problem);
        }
    };
    let answer = pds::read_patient(&number).await;
    page::answer(&number, &answer, Day::today())
}

/// The field `nhs` of the form; nothing when the page was opened without it.
fn typed_number(query: Option<&str>) -> Option<String> {
    form_urlencoded::parse(query?.as_bytes())
        .find(|(name, _)| name == "nhs")
        .map(|(_, value)| value.into_owned())
}

fn html(status: u16, page: Page) -> Result<Response<Body>, Error> {
    Ok(Response::builder()
        .status(status)
        .header("content-type", "text/html; charset=utf-8")
        // The page is about one person, and its address holds their number: keep neither, tell nobody.
        .header("cache-control", "no-store")
        .header("referrer-policy", "no-referrer")
        .body(page.into_string().into())?)
}

#[cfg(test)]
mod tests {
    use super::typed_number;

    #[test]
    fn the_field_is_found_and_decoded() {
        assert_eq!(typed_number(None), None);
        assert_eq!(typed_number(Some("other=1")), None);
        assert_eq!(typed_number(Some("nhs=")).as_deref(), Some(""));
        assert_eq!(
            typed_number(Some("a=b&nhs=900+000%200009")).as_deref(),
            Some("900 000 0009")
        );
    }
}
