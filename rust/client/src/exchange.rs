//! One exchange: a request goes out, its whole reply comes back.

use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE};
use reqwest::{RequestBuilder, Response};
use url::Url;

use crate::answer::{self, Answer, LARGEST_REFUSAL, LARGEST_REPLY};
use crate::engine::Engine;
use crate::redirect::Redirects;
use crate::request::{Content, Request};
use crate::{Failure, FailureKind, Target, credential, fresh, transport};

/// Pooled connections that are tried one after the other when each turns out to be closed.
const MOST_STALE: usize = 8;

impl Engine {
    /// Sends `request` and reads the reply, within its bound. A reply of any status is an answer.
    pub(crate) async fn exchange(&self, target: &Target, request: &Request) -> Result<Answer, Failure> {
        let exchange = self.follow(target, request);
        match request.bound.duration() {
            None => exchange.await,
            Some(bound) => tokio::time::timeout(bound, exchange)
                .await
                .unwrap_or_else(|_| Err(transport::timeout(request.bound, &request.url))),
        }
    }

    async fn follow(&self, target: &Target, request: &Request) -> Result<Answer, Failure> {
        let mut redirects = Redirects::default();
        let mut url = request.url.clone();
        loop {
            let answer = self.once(target, request, &url).await?;
            match redirects.next(request, &url, &answer)? {
                Some(next) => url = next,
                None => return Ok(answer),
            }
        }
    }

    async fn once(&self, target: &Target, request: &Request, url: &Url) -> Result<Answer, Failure> {
        let asked = self.clock.elapsed();
        let response = self.respond(target, request, url).await?;
        self.jars.keep(target.cookie_jar, url, response.headers());
        let head = Answer::head(&response, asked);
        read(head, response, |error| {
            transport::failure(error, url, target.connect_timeout)
        })
        .await
    }

    /// Sends until a head comes back. A pooled connection that was closed meanwhile is not the caller's concern.
    async fn respond(&self, target: &Target, request: &Request, url: &Url) -> Result<Response, Failure> {
        let pool = self.pools.get(url, target.connect_timeout).await?;
        let mut stale = 0;
        loop {
            // Lets the runtime see what happened on idle connections, so that none is taken that was closed already.
            tokio::task::yield_now().await;
            let attempt = self.dress(pool.request(request.method.clone(), url.clone()), target, request, url)?;
            let (outcome, connected) = fresh::watch(attempt.send()).await;
            match outcome {
                Ok(response) => return Ok(response),
                Err(_) if !connected && request.repeatable && stale < MOST_STALE => stale += 1,
                Err(error) => return Err(transport::failure(error, url, target.connect_timeout)),
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
        };
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

/// Reads a reply to its end. Of a refusal only the beginning is read, and what breaks there does not hide its status.
async fn read(
    mut answer: Answer,
    mut response: Response,
    failure: impl Fn(reqwest::Error) -> Failure,
) -> Result<Answer, Failure> {
    let taken_on = answer.is_taken_on();
    let mut body = Vec::with_capacity(response.content_length().unwrap_or_default().min(1 << 20) as usize);
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Err(error) if taken_on => return Err(failure(error)),
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
    answer.body = answer::decode(body);
    Ok(answer)
}
