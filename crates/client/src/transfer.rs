//! Files, piece by piece, with a word about how far they are.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http_body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use trackway_api::types::Bytes as File;
use trackway_api::{Endpoint, FileForm};

use crate::call::{AnyRequest, Call};
use crate::{Error, Tracker};

/// Bytes read from a file at once.
const PIECE: usize = 64 * 1024;

/// Time limit of a transfer: whoever wants less drops it.
const LIMIT: Duration = Duration::from_secs(24 * 60 * 60);

/// How far a transfer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes so far.
    pub done: u64,
    /// Bytes in total, if that is known.
    pub total: Option<u64>,
}

impl Tracker {
    /// Downloads a file piece by piece into `out` and gives its size.
    ///
    /// ```no_run
    /// # use trackway_client::{Error, Tracker, api::attachments::DownloadAttachment};
    /// # async fn download(tracker: Tracker) -> Result<(), Error> {
    /// let mut file = tokio::fs::File::create("report.pdf").await?;
    /// let request = DownloadAttachment::new("TREK-9", "4711", "report.pdf");
    /// tracker.download(request, &mut file, |at| eprintln!("{} bytes", at.done)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// See [`Error`]; [`Error::File`] when `out` fails.
    pub async fn download<E: Endpoint<Reply = File>>(
        &self,
        request: E,
        out: &mut (impl AsyncWrite + Unpin + Send),
        mut progress: impl FnMut(Progress) + Send,
    ) -> Result<u64, Error> {
        let call = Call::new(self.base(), AnyRequest::from(&request))?;
        let mut response = self.open(&call, Some(LIMIT)).await?;
        let length = response.headers().get(CONTENT_LENGTH);
        let total = length.and_then(|n| n.to_str().ok()).and_then(|n| n.parse().ok());
        let mut done = 0;
        while let Some(piece) = response.chunk().await? {
            out.write_all(&piece).await?;
            done += piece.len() as u64;
            progress(Progress { done, total });
        }
        out.flush().await?;
        Ok(done)
    }

    /// Uploads a file of `size` bytes piece by piece. The request is that of an operation whose
    /// body is a [`FileForm`], here an empty one: it only tells where to. A broken upload is not tried again.
    ///
    /// ```no_run
    /// # use trackway_client::{Error, Tracker, api::attachments::AddAttachment};
    /// # use trackway_client::api::FileForm;
    /// # async fn upload(tracker: Tracker) -> Result<(), Error> {
    /// let file = tokio::fs::File::open("report.pdf").await?;
    /// let size = file.metadata().await?.len();
    /// let request = AddAttachment::new("TREK-9", FileForm::default());
    /// let attached = tracker
    ///     .upload(request, "report.pdf", file, size, |at| eprintln!("{at:?}"))
    ///     .await?;
    /// println!("{}", attached.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn upload<E: Endpoint>(
        &self,
        request: E,
        name: &str,
        file: impl AsyncRead + Send + Sync + Unpin + 'static,
        size: u64,
        progress: impl FnMut(Progress) + Send + Sync + Unpin + 'static,
    ) -> Result<E::Reply, Error> {
        let call = Call::new(self.base(), AnyRequest::from(&request))?;
        let (head, tail) = FileForm::frame(name);
        let form = Form {
            head: Some(head.into()),
            file: Some(file),
            tail: Some(tail.into()),
            left: size,
            done: 0,
            total: size,
            progress,
        };
        let body = reqwest::Body::wrap(form);
        let answer = self.send_body(&call, body, LIMIT).await?;
        Ok(answer.decode(&call)?.value)
    }
}

/// A form with one file.
struct Form<R, P> {
    head: Option<Bytes>,
    file: Option<R>,
    tail: Option<Bytes>,
    left: u64,
    done: u64,
    total: u64,
    progress: P,
}

impl<R, P> Form<R, P>
where
    R: AsyncRead + Unpin,
    P: FnMut(Progress) + Unpin,
{
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<std::io::Result<Bytes>>> {
        if let Some(head) = self.head.take() {
            return Poll::Ready(Some(Ok(head)));
        }
        if let Some(file) = &mut self.file
            && self.left > 0
        {
            let size = usize::try_from(self.left).map_or(PIECE, |left| left.min(PIECE));
            let mut piece = vec![0; size];
            let mut buffer = ReadBuf::new(&mut piece);
            ready!(Pin::new(file).poll_read(cx, &mut buffer))?;
            let read = buffer.filled().len();
            if read == 0 {
                let short = std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
                return Poll::Ready(Some(Err(short)));
            }
            piece.truncate(read);
            self.left -= read as u64;
            self.done += read as u64;
            (self.progress)(Progress { done: self.done, total: Some(self.total) });
            return Poll::Ready(Some(Ok(piece.into())));
        }
        Poll::Ready(self.tail.take().map(Ok))
    }
}

impl<R, P> Body for Form<R, P>
where
    R: AsyncRead + Unpin,
    P: FnMut(Progress) + Unpin,
{
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        self.get_mut().poll_piece(cx).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.tail.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let frame = [&self.head, &self.tail].into_iter().flatten().map(|part| part.len() as u64);
        SizeHint::with_exact(frame.sum::<u64>() + self.left)
    }
}
