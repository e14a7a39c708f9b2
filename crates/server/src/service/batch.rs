//! One BatchLocate stream: items in, slices through the pool, answers out.
//!
//! There is no task of its own. The answer stream *is* the conductor: it reads only while someone reads its
//! answers, and to drop it is to cancel all that it has in the pool.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::stream::{Stream, StreamExt as _, unfold};
use lightcone::v1;
use lightcone::v1::batch_locate_request::Frame;
use lightcone::v1::batch_locate_response::Frame as Answer;
use lightcone_pool::Reason;
use tokio::sync::watch;
use tonic::{Status, Streaming};

use super::flight::{Flight, Landed};
use super::slice::{self, Slice};
use crate::compute::{Compute, Errand};
use crate::limits::{FRAME_ITEMS_MAX, LANDMARKS_MAX, SLICE_ITEMS_MAX, SLICE_TARGET, WINDOW_ITEMS_MAX};
use crate::pace::{self, Pace, Units};
use crate::status;
use crate::tables::Place;
use crate::wire::{Sheet, Violation};

/// Slices in the pool for each slot that bulk work may hold.
const SLICES_PER_SLOT: usize = 4;
/// When so few are left, more are handed in: one runs and one waits, so that no worker has to be woken.
const SLICES_LOW: usize = 2;
/// The longest pause before a refused slice is offered again.
const PAUSE_MAX: Duration = Duration::from_millis(50);

/// Reads the first frame.
pub(super) async fn header(
    compute: &Arc<Compute>,
    errand: Errand,
    inbound: &mut Streaming<v1::BatchLocateRequest>,
) -> Result<(Sheet, Place), Status> {
    let unexpected = || Status::from(Violation::unexpected_frame("header", 0));
    let first = inbound.message().await?.ok_or_else(unexpected)?;
    let Some(Frame::Header(header)) = first.frame else { return Err(unexpected()) };
    let cost = pace::table_cost(header.landmarks.len());
    // A table that is too large is told so by what reads it.
    let place = compute.tables.open(header.landmarks.len().min(LANDMARKS_MAX));
    let place = place.ok_or_else(status::tables_full)?;
    let shared = Arc::clone(compute);
    let sheet = compute.run(errand, cost, move |_| Ok(Sheet::read(&shared.borders, header)?)).await?;
    Ok((sheet, place))
}

/// One stream's items, slices and answers.
pub(super) struct Conductor {
    compute: Arc<Compute>,
    sheet: Arc<Sheet>,
    /// The table's part of what all open batches may have.
    _place: Place,
    errand: Errand,
    pace: Pace,
    inbound: Streaming<v1::BatchLocateRequest>,
    /// Whether more may come.
    is_open: bool,
    /// Whether reading ended for the server's sake, not the caller's.
    is_left_off: bool,
    /// Frames read so far, the header among them.
    frames: u64,
    /// Items read and in no slice yet.
    waiting: VecDeque<v1::BatchItem>,
    /// A slice that the pool had no room for, and when to offer it again.
    refused: Option<(Slice, Instant)>,
    flight: Flight,
    /// When there was last something to do.
    busy_at: Instant,
    /// Items in slices.
    in_slices: usize,
    draining: watch::Receiver<bool>,
}

/// What comes first.
enum Event {
    Frame(Result<Option<v1::BatchLocateRequest>, Status>),
    Landed(Vec<Landed>),
    Retry,
    Drain,
    Late,
    Idle,
}

impl Conductor {
    pub(super) fn new(
        compute: Arc<Compute>,
        errand: Errand,
        (sheet, place): (Sheet, Place),
        inbound: Streaming<v1::BatchLocateRequest>,
        draining: watch::Receiver<bool>,
    ) -> Self {
        let pace = Pace::like(&compute.pace);
        Self {
            compute,
            sheet: Arc::new(sheet),
            _place: place,
            errand,
            pace,
            inbound,
            is_open: true,
            is_left_off: false,
            frames: 1,
            waiting: VecDeque::new(),
            refused: None,
            flight: Flight::new(),
            busy_at: Instant::now(),
            in_slices: 0,
            draining,
        }
    }

    /// The answers: the opening, then outcomes as they come.
    pub(super) fn answers(self) -> impl Stream<Item = Result<v1::BatchLocateResponse, Status>> {
        let opening = Answer::Opening(self.sheet.opening(&self.compute.borders));
        let first = futures_util::stream::iter([Ok(opening)]);
        let rest = unfold(Some(self), |conductor| async {
            let mut conductor = conductor?;
            match conductor.next().await {
                Ok(Some(outcomes)) => Some((Ok(Answer::Outcomes(outcomes)), Some(conductor))),
                Ok(None) => None,
                Err(status) => Some((Err(status), None)),
            }
        });
        first.chain(rest).map(|answer| answer.map(|frame| v1::BatchLocateResponse { frame: Some(frame) }))
    }

    /// The next outcomes; none when all is answered, an error when the stream cannot go on.
    async fn next(&mut self) -> Result<Option<v1::BatchOutcomes>, Status> {
        loop {
            if let Some(outcomes) = self.dispatch()? {
                return Ok(Some(outcomes));
            }
            if !self.is_open && self.in_slices == 0 && self.waiting.is_empty() {
                return if self.is_left_off { Err(status::shutting_down()) } else { Ok(None) };
            }
            match self.event().await {
                Event::Frame(frame) => self.accept(frame?)?,
                Event::Landed(landed) => return self.finish(landed).map(Some),
                Event::Retry => {}
                Event::Drain => self.leave_off(),
                Event::Late => return Err(self.errand.late()),
                Event::Idle => return Err(status::idle(self.compute.stream_idle)),
            }
        }
    }

    async fn event(&mut self) -> Event {
        let wants_items = self.is_open && self.waiting.len() < SLICE_ITEMS_MAX && !self.is_full();
        let retry = self.refused.as_ref().map(|(_, at)| (*at).into());
        let late = self.errand.deadline.map(|deadline| deadline.at.into());
        let drains = self.is_open;
        let is_idle = self.in_slices == 0 && self.waiting.is_empty();
        let idle = self.busy_at.checked_add(self.compute.stream_idle).map(Into::into);
        // The last slices are waited for one by one: nothing more is there to be handed in.
        let low = match self.waiting.is_empty() {
            true => self.flight.len(),
            false => SLICES_LOW * self.compute.bulk_slots,
        };
        tokio::select! {
            biased;
            frame = self.inbound.message(), if wants_items => Event::Frame(frame),
            landed = poll_fn(|context| self.flight.poll_landed(low, context)) => Event::Landed(landed),
            () = sleep_until(retry), if retry.is_some() => Event::Retry,
            _ = self.draining.wait_for(|draining| *draining), if drains => Event::Drain,
            () = sleep_until(late), if late.is_some() => Event::Late,
            () = sleep_until(idle), if is_idle && idle.is_some() => Event::Idle,
        }
    }

    /// Whether as much is on its way as may be.
    fn is_full(&self) -> bool {
        self.in_slices + self.waiting.len() + FRAME_ITEMS_MAX > WINDOW_ITEMS_MAX || self.refused.is_some()
    }

    /// Takes a frame of items in.
    fn accept(&mut self, frame: Option<v1::BatchLocateRequest>) -> Result<(), Status> {
        let Some(frame) = frame else {
            self.is_open = false;
            return Ok(());
        };
        let Some(Frame::Items(items)) = frame.frame else {
            return Err(Violation::unexpected_frame("items", self.frames).into());
        };
        self.frames += 1;
        self.busy_at = Instant::now();
        match items.items.len() {
            0 => Err(Violation::missing("items.items", "a frame of items bears at least one").into()),
            count if count > FRAME_ITEMS_MAX => {
                Err(Violation::too_many("items.items", count, FRAME_ITEMS_MAX).into())
            }
            _ => {
                self.waiting.extend(items.items);
                Ok(())
            }
        }
    }

    /// Reads no more. What was read is answered; the caller sends the rest elsewhere.
    fn leave_off(&mut self) {
        (self.is_open, self.is_left_off) = (false, true);
    }

    /// Hands slices to the pool. A slice that is not full waits for more items while the slots have work.
    fn dispatch(&mut self) -> Result<Option<v1::BatchOutcomes>, Status> {
        let slots = self.compute.bulk_slots;
        while self.flight.len() < SLICES_PER_SLOT * slots {
            let slice = match self.refused.take() {
                Some((slice, at)) if at > Instant::now() => {
                    self.refused = Some((slice, at));
                    break;
                }
                Some((slice, _)) => slice,
                None if self.waiting.is_empty() => break,
                None => match self.cut(self.flight.len() < slots || !self.is_open) {
                    Some(slice) => slice,
                    None => break,
                },
            };
            if let Some(outcomes) = self.offer(slice)? {
                return Ok(Some(outcomes));
            }
        }
        Ok(None)
    }

    /// Cuts the next slice: about a millisecond of work. A shorter one only if `short` will do.
    fn cut(&mut self, short: bool) -> Option<Slice> {
        let settings = &self.sheet.settings;
        let landmarks = self.sheet.table.mesh.landmarks().len();
        let (mut units, mut len) = (Units::default(), 0);
        let mut is_whole = false;
        for item in self.waiting.iter().take(SLICE_ITEMS_MAX) {
            units = units.and(Units::chip(item.rtt_ns.len(), landmarks, settings.liars, settings.explain));
            len += 1;
            is_whole = self.pace.expect(units) >= SLICE_TARGET || len == SLICE_ITEMS_MAX;
            if is_whole {
                break;
            }
        }
        if !is_whole && !short {
            return None;
        }
        let slice = Slice::new(self.waiting.drain(..len).collect(), units);
        self.in_slices += len;
        Some(slice)
    }

    /// Offers a slice to the pool. What is refused waits; only a deadline too near makes an answer of it.
    fn offer(&mut self, slice: Slice) -> Result<Option<v1::BatchOutcomes>, Status> {
        let ticket = self.errand.ticket(self.pace.cost(slice.units));
        let (compute, sheet) = (Arc::clone(&self.compute), Arc::clone(&self.sheet));
        let work = slice.clone();
        match self.compute.pool.submit(ticket, move |token| work.run(&compute, &sheet, token)) {
            Ok(pending) => {
                self.flight.push(pending, slice.len);
                Ok(None)
            }
            Err(refused) if refused.reason == Reason::ShuttingDown => Err(status::shutting_down()),
            Err(refused) if refused.reason == Reason::DeadlineTooSoon => {
                self.in_slices -= slice.len;
                let outcomes = slice::refused(&slice, &status::refused(&refused));
                Ok(Some(v1::BatchOutcomes { outcomes }))
            }
            Err(refused) => {
                self.refused = Some((slice, Instant::now() + refused.retry_after.min(PAUSE_MAX)));
                Ok(None)
            }
        }
    }

    fn finish(&mut self, landed: Vec<Landed>) -> Result<v1::BatchOutcomes, Status> {
        let mut outcomes = Vec::new();
        self.busy_at = Instant::now();
        for (len, done) in landed {
            self.in_slices -= len;
            let done = done.map_err(|lost| self.errand.lost(lost))?;
            self.pace.learn(done.units, done.took);
            self.compute.pace.learn(done.units, done.took);
            outcomes.extend(done.outcomes);
        }
        Ok(v1::BatchOutcomes { outcomes })
    }
}

async fn sleep_until(at: Option<tokio::time::Instant>) {
    if let Some(at) = at {
        tokio::time::sleep_until(at).await;
    }
}
