//! Name lookup when the name server hangs, fails or refuses: the system's own resolver, asked by the library, and a real
//! server behind it. Each story runs in a process of its own on an [`island`], since a lookup that hangs stays for the
//! rest of its process. Hence no libtest here, which could not say either that a machine does not let us run them.

mod addresses;
#[path = "../common/child.rs"]
mod child;
#[path = "../common/mod.rs"]
mod common;
mod configuration;
mod dns;
mod island;
#[path = "../common/outcome.rs"]
mod outcome;
#[path = "../common/page.rs"]
mod page;
mod stories;

use std::env;
use std::process::ExitCode;
use std::thread;

use dns::NameServer;
use island::Island;
use stories::{STORIES, Story};

/// Says that this process is on the island, and which story it is to tell.
const TELL: &str = "--tell";
/// Arguments of libtest that have a value.
const WITH_VALUE: [&str; 4] = ["--test-threads", "--format", "--color", "--skip"];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [tell, name] if tell == TELL => {
            let story = STORIES.iter().find(|story| story.name == name).expect("a story of this file");
            (story.tell)(&NameServer::start(story.name_server));
            ExitCode::SUCCESS
        }
        arguments => run(&chosen_by(arguments), arguments.iter().any(|argument| argument == "--list")),
    }
}

/// The stories whose name contains one of the words, as `cargo test` has it; all where there is no word.
fn chosen_by(arguments: &[String]) -> Vec<&'static Story> {
    let mut words = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if WITH_VALUE.contains(&argument.as_str()) {
            arguments.next();
        } else if !argument.starts_with('-') {
            words.push(argument.as_str());
        }
    }
    STORIES.iter().filter(|story| words.is_empty() || words.iter().any(|word| story.name.contains(word))).collect()
}

fn run(stories: &[&Story], only_list: bool) -> ExitCode {
    if only_list {
        stories.iter().for_each(|story| println!("{}: test", story.name));
        return ExitCode::SUCCESS;
    }
    let island = match Island::find() {
        Ok(island) => island,
        Err(why) => {
            println!("\nNOT RUN: the {} tests of name_server: no namespace could be made: {why}\n", stories.len());
            return ExitCode::SUCCESS;
        }
    };
    println!("\nrunning {} tests", stories.len());
    let failed = thread::scope(|scope| {
        let running: Vec<_> = stories.iter().map(|story| scope.spawn(|| has_held(story, &island))).collect();
        running.into_iter().map(|story| story.join().unwrap()).filter(|held| !held).count()
    });
    println!("\ntest result: {} passed; {failed} failed\n", stories.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs one story, and prints what became of it.
fn has_held(story: &Story, island: &Island) -> bool {
    let program = env::current_exe().expect("the running program has a path");
    let output = island.run(program.as_os_str(), &[TELL, story.name]).expect("it ran a moment ago");
    let held = output.status.success();
    if held {
        println!("test {} ... ok", story.name);
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        println!("test {} ... FAILED ({})\n{said}", story.name, output.status);
    }
    held
}
