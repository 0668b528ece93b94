//! Reads a form of a page as a browser would send it, and sends it.

use http::Request;

use crate::server::{Answer, Server};

/// Names and values in order.
pub(crate) type Pairs = Vec<(String, String)>;

/// The fields of the form that begins with this text, as they stand on the page; buttons are not pressed.
pub(crate) fn fields(page: &str, form: &str) -> Pairs {
    let Some((_, rest)) = page.split_once(form) else {
        return Pairs::new();
    };
    let inside = rest.split("</form>").next().unwrap_or_default();
    let mut pairs = Pairs::new();
    let mut is_first = false;
    for piece in inside.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let name = attribute(tag, "name");
        if tag.starts_with("input ") {
            let is_choice = tag.contains("type=\"radio\"") || tag.contains("type=\"checkbox\"");
            if let (Some(name), true) = (name, !is_choice || tag.contains(" checked")) {
                pairs.push((name, attribute(tag, "value").unwrap_or_default()));
            }
        } else if tag.starts_with("textarea ") {
            let text = text.strip_prefix('\n').unwrap_or(text);
            pairs.extend(name.map(|name| (name, plain(text))));
        } else if tag.starts_with("select ") {
            pairs.extend(name.map(|name| (name, String::new())));
            is_first = true;
        } else if tag.starts_with("option ") {
            // The first one, unless another is selected.
            if let Some((_, value)) = pairs.last_mut()
                && (is_first || tag.contains(" selected"))
            {
                *value = attribute(tag, "value").unwrap_or_default();
            }
            is_first = false;
        }
    }
    pairs
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next().map(plain)
}

fn plain(text: &str) -> String {
    text.replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
}

/// Sends the fields to the address.
pub(crate) async fn send(server: &Server, address: &str, pairs: &Pairs) -> Answer {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        form.append_pair(name, value);
    }
    let request = Request::post(address)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html");
    server.ask(request, form.finish()).await
}

/// The page that an answer leads to.
pub(crate) async fn follow(server: &Server, answer: &Answer) -> Answer {
    let place = answer
        .headers
        .get("location")
        .and_then(|place| place.to_str().ok());
    let place = place
        .unwrap_or_default()
        .split('#')
        .next()
        .unwrap_or_default()
        .to_owned();
    assert!(!place.is_empty(), "{}: {}", answer.status, answer.text());
    server.get(&place).await
}

/// Sets a field.
pub(crate) fn fill(pairs: &mut Pairs, name: &str, value: &str) {
    match pairs.iter_mut().find(|(known, _)| known == name) {
        Some((_, held)) => value.clone_into(held),
        None => pairs.push((name.to_owned(), value.to_owned())),
    }
}
