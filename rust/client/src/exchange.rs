//! One exchange: a request goes out, its whole reply comes back.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, IF_RANGE, RANGE};
use reqwest::{RequestBuilder, Response};
use url::Url;

use crate::answer::{self, Answer, LARGEST_REFUSAL, LARGEST_REPLY};
use crate::engine::Engine;
use crate::redirect::Redirects;
use crate::request::{Content, Request};
use crate::transport::Bounds;
use crate::{Failure, FailureKind, Target, credential, fresh, transport};

/// Pooled connections that are tried one after the other when each turns out to be closed.
const MOST_STALE: usize = 8;

impl Engine {
    /// Sends `request` and reads the reply, within its bound. A reply of any status is an answer.
    pub(crate) async fn exchange(&self, target: &Target, request: &Request) -> Result<Answer, Failure> {
        request
            .within(async { self.open(target, request).await?.read().await })
            .await
    }

    /// Sends `request` and hands over the reply as soon as its head is there, following redirects. The bound of the request
    /// is the caller's business.
    pub(crate) async fn open(&self, target: &Target, request: &Request) -> Result<Opened, Failure> {
        let mut redirects = Redirects::default();
        let mut url = request.url.clone();
        loop {
            let opened = self.once(target, request, &url).await?;
            match redirects.next(request, &url, &opened.head)? {
                Some(next) => {
                    // A connection whose reply was read is used again.
                    opened.read().await?;
                    url = next;
                }
                None => return Ok(opened),
            }
        }
    }

    async fn once(&self, target: &Target, request: &Request, url: &Url) -> Result<Opened, Failure> {
        let asked = self.clock.elapsed();
        let response = self.respond(target, request, url).await?;
        self.jars.keep(target.cookie_jar, url, response.headers());
        Ok(Opened {
            head: Answer::head(&response, asked),
            response,
            url: url.clone(),
            bounds: Bounds::of(target),
        })
    }

    /// Sends until a head comes back. A pooled connection that was closed meanwhile is not the caller's concern.
    async fn respond(&self, target: &Target, request: &Request, url: &Url) -> Result<Response, Failure> {
        let pool = self.pools.get(url, target).await?;
        let mut stale = 0;
        loop {
            // Lets the runtime see what happened on idle connections, so that none is taken that was closed already.
            tokio::task::yield_now().await;
            let attempt = self.dress(pool.request(request.method.clone(), url.clone()), target, request, url)?;
            let (outcome, connected) = fresh::watch(attempt.send()).await;
            match outcome {
                Ok(response) => return Ok(response),
                Err(_) if !connected && request.repeatable && stale < MOST_STALE => stale += 1,
                Err(error) => return Err(transport::failure(error, url, &Bounds::of(target))),
            }
        }
    }

    /// Adds everything an attempt has beside method and address.
    fn dress(
        &self,
        attempt: RequestBuilder,
        target: &Target,
        request: &Request,
        url: &Url,
    ) -> Result<RequestBuilder, Failure> {
        let mut attempt = match &request.content {
            Content::None => attempt,
            Content::Empty => attempt
                .header(CONTENT_TYPE, "text/plain; charset=utf-8")
                // IIS refuses a POST without a length, and an empty body has none by itself.
                .header(CONTENT_LENGTH, "0"),
            Content::Script(packed) => attempt
                .header(CONTENT_TYPE, "text/plain")
                .header(CONTENT_ENCODING, "gzip")
                .body(packed.clone()),
            // Without a media type, as servers expect it (client module 5).
            Content::File(source) => attempt.header(CONTENT_LENGTH, source.length()).body(source.body()),
        };
        if let Some(part) = &request.part {
            attempt = attempt
                .header(RANGE, format!("bytes={}-", part.from))
                .header(IF_RANGE, &part.etag);
        }
        if let Some(credential) = &target.credential {
            attempt = attempt.header(
                AUTHORIZATION,
                credential::header(credential, &target.base, self.clock.now())?,
            );
        }
        if let Some(cookies) = self.jars.header(target.cookie_jar, url) {
            attempt = attempt.header(COOKIE, cookies);
        }
        Ok(attempt)
    }
}

/// A reply whose head is there and whose body may still be on its way.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) head: Answer,
    response: Response,
    /// Whose reply it is, behind all redirects.
    pub(crate) url: Url,
    bounds: Bounds,
}

impl Opened {
    /// Reads to the end. Of a refusal only the beginning is read, and what breaks there does not hide its status.
    pub(crate) async fn read(mut self) -> Result<Answer, Failure> {
        let taken_on = self.head.is_taken_on();
        let mut body = Vec::with_capacity(self.length().unwrap_or_default().min(1 << 20) as usize);
        loop {
            match self.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Err(failure) if taken_on => return Err(failure),
                Ok(None) | Err(_) => break,
            }
            if taken_on && body.len() > LARGEST_REPLY {
                let message = format!("The reply is larger than {} MiB.", LARGEST_REPLY >> 20);
                return Err(Failure::new(FailureKind::Malformed, message));
            }
            if !taken_on && body.len() > LARGEST_REFUSAL {
                break;
            }
        }
        self.head.body = answer::decode(body);
        Ok(self.head)
    }

    /// The next piece of the body, unpacked; none at its end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let chunk = self.response.chunk().await;
        chunk.map_err(|error| transport::failure(error, &self.url, &self.bounds))
    }

    /// Bytes of the body, when they are told and not packed.
    pub(crate) fn length(&self) -> Option<u64> {
        self.response.content_length()
    }
}
