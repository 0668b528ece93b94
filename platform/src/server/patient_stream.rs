//! A connection that gives up on a reader who takes nothing for too long: an answer that nobody fetches would
//! otherwise stay in memory for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

/// How long a reader may take nothing (slower readers than that are attacks or gone).
const PATIENCE: Duration = Duration::from_secs(30);

/// The connection, and the time at which a write that waits has waited long enough.
#[derive(Debug)]
pub(super) struct PatientStream {
    stream: TcpStream,
    /// Made when a write first has to wait, which for most connections is never.
    alarm: Option<Pin<Box<Sleep>>>,
    waiting: bool,
}

impl PatientStream {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            alarm: None,
            waiting: false,
        }
    }

    /// Passes on what the connection says, and an error instead of "wait" when the time is over.
    fn within_patience<T>(
        &mut self,
        said: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if said.is_ready() {
            self.waiting = false;
            return said;
        }
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep(PATIENCE)));
        if !self.waiting {
            self.waiting = true;
            alarm.as_mut().reset(Instant::now() + PATIENCE);
        }
        ready!(alarm.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the reader takes nothing",
        )))
    }
}

impl AsyncRead for PatientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for PatientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let said = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.within_patience(said, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let said = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.within_patience(said, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let said = Pin::new(&mut self.stream).poll_flush(context);
        self.within_patience(said, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let said = Pin::new(&mut self.stream).poll_shutdown(context);
        self.within_patience(said, context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_reader_who_takes_nothing_is_left() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut reader = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let mut stream = PatientStream::new(listener.accept().await.unwrap().0);
        stream.write_all(b"taken").await.unwrap();
        let mut taken = [0; 5];
        reader.read_exact(&mut taken).await.unwrap();
        assert_eq!(&taken, b"taken");
        let block = vec![0; 1 << 20];
        // Long enough for the kernel to take a block, and far shorter than the patience.
        let briefly = Duration::from_millis(200);
        while let Ok(written) = tokio::time::timeout(briefly, stream.write(&block)).await {
            assert!(written.unwrap() > 0);
        }
        assert!(stream.waiting);
        // What half a minute would bring about.
        stream.alarm.as_mut().unwrap().as_mut().reset(Instant::now());
        assert_eq!(
            stream.write(&block).await.unwrap_err().kind(),
            io::ErrorKind::TimedOut
        );
    }
}
