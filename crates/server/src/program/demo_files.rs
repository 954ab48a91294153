//! Files of the demo company: small generated pictures and texts, so that a newcomer sees issues
//! with attachments.

use std::io::Cursor;

use anyhow::{Context, Result};
use image::{ImageFormat, Rgb, RgbImage};
use trackway_core::attachment::upload::{self, Target, Uploaded};
use trackway_core::demo::company::Access;
use trackway_core::time::Instant;
use trackway_core::{Error, Tracker};
use trackway_server::FileStore;

/// Size of the pictures in pixels.
const WIDTH: u32 = 480;
const HEIGHT: u32 = 270;

/// A file before it is stored.
struct File {
    /// Number of the issue in the demo's first queue.
    issue: u32,
    name: &'static str,
    mimetype: &'static str,
    bytes: Vec<u8>,
    pixels: Option<(u32, u32)>,
}

/// Stores the files and hangs them on issues of the demo's first queue, in the names of its
/// administrator and of another member.
pub(crate) fn install(
    tracker: &Tracker,
    store: &FileStore,
    access: &Access,
    now: Instant,
) -> Result<()> {
    let world = tracker.world();
    let dict = world.by_org_id(&access.org_id).context("the demo company was not made")?;
    let people = [&access.login, &access.user_login].map(|login| dict.users.by_key(login));
    let people: Vec<i64> = people.into_iter().flatten().map(|member| member.id).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for ((n, file), uid) in files()?.into_iter().enumerate().zip(people.into_iter().cycle()) {
        let blob = format!("{}/demo/{n}", dict.org_id);
        let size = i64::try_from(file.bytes.len())?;
        runtime.block_on(store.put(&blob, file.bytes.into())).context("cannot store a file")?;
        let target = Target::Issue(format!("{}-{}", access.queue, file.issue));
        let uploaded = Uploaded {
            name: file.name.to_owned(),
            mimetype: file.mimetype.to_owned(),
            size,
            pixels: file.pixels,
            blob: blob.clone(),
        };
        let caller = tracker.robot(dict.org_id, uid, now)?;
        tracker.write_now(&caller, move |cx| {
            upload::begin(cx, &target, &blob)?;
            upload::finish(cx, &target, &uploaded)?;
            Ok::<_, Error>(())
        })?;
    }
    Ok(())
}

fn files() -> Result<Vec<File>> {
    let picture = |issue, name, heights: &[u32]| -> Result<File> {
        let mut bytes = Cursor::new(Vec::new());
        chart(heights).write_to(&mut bytes, ImageFormat::Png)?;
        let pixels = Some((WIDTH, HEIGHT));
        Ok(File { issue, name, mimetype: "image/png", bytes: bytes.into_inner(), pixels })
    };
    let text = |issue, name, mimetype, text: &str| {
        let bytes = text.as_bytes().to_vec();
        File { issue, name, mimetype, bytes, pixels: None }
    };
    Ok(vec![
        picture(1, "response-times.png", &[40, 52, 47, 60, 180, 230, 210, 75, 50, 44])?,
        text(1, "server.log", "text/plain", LOG),
        picture(2, "нагрузка.png", &[20, 45, 80, 120, 150, 170, 160, 130, 90, 50])?,
        text(3, "checklist.md", "text/markdown", NOTES),
        text(4, "timings.csv", "text/csv", "step,ms\nconnect,12\nquery,340\nrender,25\n"),
    ])
}

const LOG: &str = "\
10:14:02 INFO  request GET /reports took 41 ms
10:14:07 WARN  request GET /reports took 1833 ms
10:14:07 WARN  pool is exhausted, 32 of 32 connections in use
10:14:09 ERROR request GET /reports: timed out after 2000 ms
10:14:31 INFO  pool is back to 4 of 32 connections
";

const NOTES: &str = "\
# Before the release

- [x] migrations on a copy of the data
- [ ] load test over an hour
- [ ] письмо пользователям
";

/// A bar chart.
fn chart(heights: &[u32]) -> RgbImage {
    const PAPER: Rgb<u8> = Rgb([250, 250, 252]);
    const LINE: Rgb<u8> = Rgb([226, 228, 234]);
    const BAR: Rgb<u8> = Rgb([66, 110, 200]);
    const HIGH: Rgb<u8> = Rgb([214, 82, 72]);
    let bars = u32::try_from(heights.len()).unwrap_or(1).max(1);
    let step = WIDTH / bars;
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let from_below = HEIGHT - y;
        let height = heights.get((x / step) as usize).copied().unwrap_or(0);
        let in_bar = x % step > step / 5 && from_below <= height;
        match (in_bar, from_below % 50) {
            (true, _) if height > 150 => HIGH,
            (true, _) => BAR,
            (false, 0) => LINE,
            (false, _) => PAPER,
        }
    })
}
