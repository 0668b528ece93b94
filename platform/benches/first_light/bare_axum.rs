//! Baseline of (b): one axum route that returns the same bytes with the same media type, and nothing else.

use std::path::PathBuf;

use anyhow::{Context, Result};
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use bytes::Bytes;

pub(crate) fn serve(body: Option<PathBuf>) -> Result<()> {
    let body = Bytes::from(std::fs::read(body.context("a file with the bytes to return")?)?);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let route = get(move || {
                let body = body.clone();
                async move { ([(CONTENT_TYPE, "application/fhir+json")], body) }
            });
            let router = Router::new().route(
                "/w/{workspace}/nhs/int/personal-demographics/FHIR/R4/Patient/{nhs_number}",
                route,
            );
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
            println!("bare axum ready: http://{}", listener.local_addr()?);
            axum::serve(listener, router).await?;
            Ok(())
        })
}
