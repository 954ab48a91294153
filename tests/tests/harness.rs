//! The harness on the real program: it starts, stops, and starts again on its data.

use trackway_tests::{Options, on_each_engine, on_each_engine_with};

#[test]
fn a_demo_answers_its_administrator() {
    on_each_engine(|server| {
        for version in ["v2", "v3"] {
            let me = server.client().with_version(version).get("/myself").send().expect(200).json();
            assert_eq!(me["login"], server.ready().text("login"));
        }
        server.anonymous().get("/myself").send().expect(401);
        server.anonymous().bare("GET", "/healthz").send().expect(200);
    });
}

#[test]
fn a_server_stops_cleanly_and_starts_again_on_its_data() {
    on_each_engine_with(&Options::default(), |server| {
        let before = server.client().get("/queues").send().expect(200).json();
        assert!(server.stop().success(), "SIGTERM is no failure");
        server.restart();
        let after = server.client().get("/queues").send().expect(200).json();
        assert_eq!(before.as_array().map(Vec::len), after.as_array().map(Vec::len));
        server.kill();
        server.restart();
        server.client().get("/myself").send().expect(200);
    });
}
