//! The time as a test wants it: a code expires without anybody sleeping.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Shared, bad_body, refused};
use crate::Sandbox;
use crate::view::millis;

pub async fn read(State(sandbox): Shared) -> Json<Value> {
    told(&sandbox)
}

/// One of them at a time. Time goes on, or back to what the machine says, but never to just any moment: nothing may
/// arrive before it was sent.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    AdvanceSeconds(Seconds),
    Reset(Really),
}

#[derive(Deserialize)]
#[serde(try_from = "f64")]
pub struct Seconds(Duration);

impl TryFrom<f64> for Seconds {
    type Error = &'static str;

    fn try_from(seconds: f64) -> Result<Self, Self::Error> {
        Duration::try_from_secs_f64(seconds).map(Self).map_err(|_| "a number of seconds from 0 up, within reason")
    }
}

#[derive(Deserialize)]
#[serde(try_from = "bool")]
pub struct Really;

impl TryFrom<bool> for Really {
    type Error = &'static str;

    fn try_from(really: bool) -> Result<Self, Self::Error> {
        if really { Ok(Self) } else { Err("true, or leave it out") }
    }
}

pub async fn set(State(sandbox): Shared, wanted: Result<Json<Move>, JsonRejection>) -> Response {
    match wanted {
        Ok(Json(Move::AdvanceSeconds(Seconds(time)))) => {
            if !sandbox.advance(time) {
                return refused(StatusCode::CONFLICT, "the clock can be moved by a hundred years at most");
            }
        }
        Ok(Json(Move::Reset(Really))) => sandbox.reset_clock(),
        Err(rejection) => return bad_body(&rejection),
    }
    told(&sandbox).into_response()
}

fn told(sandbox: &Sandbox) -> Json<Value> {
    Json(json!({ "now": millis(sandbox.now()), "moved_ms": millis(sandbox.moved()) }))
}
