//! The queue in front of the connections: who is next, who is passed over, and its threads.

use std::{
    cell::RefCell,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    task::{Context, Waker},
    thread,
    time::Duration,
};

use actix_web::rt::System;
use restwell::db::{Db, Outcome};
use restwell_postgres::test::TestDatabase;

use crate::shop::template;

/// Those who may wait for one connection.
const PLACES: usize = 64;

/// One connection to a database.
fn one() -> (Db, TestDatabase) {
    let database = template().database();
    (Db::new(&database.url(), 1), database)
}

/// Polls once.
fn begin<F: Future>(future: Pin<&mut F>) {
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.poll(&mut context).is_pending());
}

/// Has the connection until something is sent.
fn taken(db: &Db) -> (impl Future<Output = Outcome<()>>, Sender<()>) {
    let (sender, receiver): (_, Receiver<()>) = channel();
    let work = db.clone();
    let first = async move {
        let wait = move |_: &mut _| {
            receiver.recv().expect("the test releases it");
            Ok(())
        };
        work.run(wait).await
    };
    (first, sender)
}

#[test]
fn who_waited_longest_is_next_and_who_went_away_is_passed_over() {
    let (db, _database) = one();
    System::new().block_on(async {
        let (first, release) = taken(&db);
        let done = Arc::new(Mutex::new(Vec::new()));
        let work = |number: u32| {
            let done = Arc::clone(&done);
            db.run(move |_| {
                done.lock().unwrap().push(number);
                Ok(())
            })
        };
        let (mut first, mut second, mut fourth) = (pin!(first), pin!(work(2)), pin!(work(4)));
        begin(first.as_mut());
        begin(second.as_mut());
        {
            let mut third = pin!(work(3));
            begin(third.as_mut());
        }
        begin(fourth.as_mut());
        release.send(()).unwrap();
        first.await.result.unwrap();
        second.await.result.unwrap();
        fourth.await.result.unwrap();
        assert_eq!(*done.lock().unwrap(), [2, 4]);
    });
}

#[test]
fn who_went_away_makes_room() {
    let (db, _database) = one();
    System::new().block_on(async {
        let (first, release) = taken(&db);
        let mut first = pin!(first);
        begin(first.as_mut());
        let mut waiting: Vec<_> = (0..PLACES).map(|_| Box::pin(db.run(|_| Ok(())))).collect();
        waiting.iter_mut().for_each(|future| begin(future.as_mut()));
        let refused = db.run(|_| Ok(())).await.result.unwrap_err();
        assert_eq!(refused.status.as_u16(), 503);
        waiting.pop();
        let mut last = pin!(db.run(|_| Ok(())));
        begin(last.as_mut());
        release.send(()).unwrap();
        first.await.result.unwrap();
        last.await.result.unwrap();
    });
}

#[test]
fn a_thread_outlives_what_panics_on_it() {
    let (db, _database) = one();
    System::new().block_on(async {
        let thread = || db.run(|_| Ok(thread::current().id()));
        let before = thread().await.result.unwrap();
        let panicked =
            db.run(|_| -> restwell::exceptions::Result<()> { panic!("work that panics") });
        let panicked = panicked.await.result.unwrap_err();
        assert_eq!(panicked.status.as_u16(), 500);
        assert_eq!(thread().await.result.unwrap(), before);
    });
}

thread_local! {
    static OPEN: RefCell<Option<Sender<()>>> = const { RefCell::new(None) };
}

#[test]
fn threads_end_with_the_queue() {
    let (db, _database) = one();
    let (sender, ended) = channel();
    System::new().block_on(async {
        let mut sender = Some(sender);
        let keep = db.run(move |_| {
            OPEN.set(sender.take());
            Ok(())
        });
        keep.await.result.unwrap();
    });
    drop(db);
    let ended = ended.recv_timeout(Duration::from_secs(30));
    assert_eq!(ended, Err(RecvTimeoutError::Disconnected));
}
