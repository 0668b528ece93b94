//! The load: one blocking thread a connection, keep-alive, one request in flight each.
//!
//! The client does as little as can be (a fixed request, a head scan, a body skip), since it shares the cores
//! with the server it measures.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Connections of the load: the figure the project's own target is stated for.
const CONNECTIONS: usize = 8;
/// Seconds of one round; long enough that a scheduler hiccup is noise, short enough for six rounds of each pair.
const ROUND_SECONDS: u64 = 4;
/// Rounds of each side; odd, so that the median is a measured round.
const ROUNDS: usize = 5;

/// What is asked of whom.
#[derive(Clone)]
pub(crate) struct Target {
    address: SocketAddr,
    request: Vec<u8>,
}

impl Target {
    pub(crate) fn get(address: SocketAddr, path: &str, headers: &[(&str, String)]) -> Self {
        let mut request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        Self {
            address,
            request: request.into_bytes(),
        }
    }
}

/// How hard and how long.
pub(crate) struct Load {
    pub(crate) connections: usize,
    pub(crate) seconds: u64,
}

/// One round's result.
pub(crate) struct Round {
    pub(crate) per_second: f64,
    pub(crate) p50_us: u128,
    pub(crate) p99_us: u128,
}

impl Load {
    /// # Errors
    /// When a connection breaks or any answer is not 200: a server that refuses is not fast.
    pub(crate) fn run(&self, target: &Target) -> Result<Round> {
        let begun = Instant::now();
        let until = begun + Duration::from_secs(self.seconds);
        let workers: Vec<_> = (0..self.connections)
            .map(|_| {
                let target = target.clone();
                std::thread::spawn(move || drive(&target, until))
            })
            .collect();
        let mut times = Vec::new();
        for worker in workers {
            times.extend(
                worker
                    .join()
                    .map_err(|_| anyhow::anyhow!("a load thread panicked"))??,
            );
        }
        let elapsed = begun.elapsed().as_secs_f64();
        times.sort_unstable();
        let at = |share: usize| {
            times
                .get(times.len() * share / 100)
                .map_or(0, Duration::as_micros)
        };
        #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
        let per_second = times.len() as f64 / elapsed;
        Ok(Round {
            per_second,
            p50_us: at(50),
            p99_us: at(99),
        })
    }
}

/// Baseline and ours in turns, so that a slow spell of the machine hits both. Prints the ratio of the median rounds, and says whether it is
/// what is aimed at.
///
/// # Errors
/// When either side refuses a request.
pub(crate) fn compare(title: &str, aim: Option<f64>, baseline: Target, ours: Target) -> Result<bool> {
    let load = Load {
        connections: CONNECTIONS,
        seconds: ROUND_SECONDS,
    };
    // A first second each warms pools, caches and branch predictors; it is not counted.
    let warm_up = Load {
        connections: CONNECTIONS,
        seconds: 1,
    };
    warm_up.run(&baseline)?;
    warm_up.run(&ours)?;
    let (mut baselines, mut own) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        baselines.push(load.run(&baseline)?);
        own.push(load.run(&ours)?);
    }
    let (base, ours) = (median(baselines), median(own));
    let ratio = ours.per_second / base.per_second;
    let is_reached = aim.is_none_or(|aim| ratio >= aim);
    let aim = aim
        .map(|aim| format!(" (aim: at least {aim})"))
        .unwrap_or_default();
    let mark = if is_reached { "" } else { ", BELOW ITS AIM" };
    println!("{title}: {ratio:.2}{aim}{mark}");
    println!(
        "      baseline {:>8.0}/s  p50 {:>6} us  p99 {:>6} us",
        base.per_second, base.p50_us, base.p99_us
    );
    println!(
        "      ours     {:>8.0}/s  p50 {:>6} us  p99 {:>6} us",
        ours.per_second, ours.p50_us, ours.p99_us
    );
    Ok(is_reached)
}

/// The round in the middle by throughput.
fn median(mut rounds: Vec<Round>) -> Round {
    rounds.sort_by(|left, right| left.per_second.total_cmp(&right.per_second));
    let middle = rounds.len() / 2;
    rounds.swap_remove(middle)
}

/// One answer's body, for those who want to look at it.
pub(crate) fn body_of(target: &Target) -> Result<Vec<u8>> {
    let mut connection = connect(target)?;
    connection.get_mut().write_all(&target.request)?;
    read_answer(&mut connection)
}

fn drive(target: &Target, until: Instant) -> Result<Vec<Duration>> {
    let mut connection = connect(target)?;
    let mut times = Vec::new();
    while Instant::now() < until {
        let begun = Instant::now();
        connection.get_mut().write_all(&target.request)?;
        read_answer(&mut connection)?;
        times.push(begun.elapsed());
    }
    Ok(times)
}

fn connect(target: &Target) -> Result<BufReader<TcpStream>> {
    let stream =
        TcpStream::connect(target.address).with_context(|| format!("connecting to {}", target.address))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    Ok(BufReader::with_capacity(64 * 1024, stream))
}

fn read_answer(connection: &mut BufReader<TcpStream>) -> Result<Vec<u8>> {
    let mut line = String::new();
    connection.read_line(&mut line)?;
    if !line.starts_with("HTTP/1.1 200") {
        let mut rest = String::new();
        connection.take(2000).read_to_string(&mut rest).ok();
        bail!("the server answered {line}{rest}");
    }
    let (mut length, mut chunked) = (0, false);
    loop {
        line.clear();
        connection.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            chunked = true;
        }
    }
    let mut body = Vec::new();
    if !chunked {
        body.resize(length, 0);
        connection.read_exact(&mut body)?;
        return Ok(body);
    }
    loop {
        line.clear();
        connection.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim_end(), 16).context("a chunk's size")?;
        let start = body.len();
        body.resize(start + size, 0);
        connection.read_exact(body.get_mut(start..).unwrap_or_default())?;
        line.clear();
        connection.read_line(&mut line)?;
        if size == 0 {
            return Ok(body);
        }
    }
}
