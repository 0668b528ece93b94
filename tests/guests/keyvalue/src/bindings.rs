//! The functions of `wasi:keyvalue` 0.2.0-draft2, as their names and types stand in the proposal.

wit_bindgen::generate!({
    world: "app",
    generate_all,
    inline: "
        package wasi:keyvalue@0.2.0-draft2;

        interface store {
            variant error { no-such-store, access-denied, other(string) }
            record key-response { keys: list<string>, cursor: option<string> }
            open: func(identifier: string) -> result<bucket, error>;
            resource bucket {
                get: func(key: string) -> result<option<list<u8>>, error>;
                set: func(key: string, value: list<u8>) -> result<_, error>;
                delete: func(key: string) -> result<_, error>;
                exists: func(key: string) -> result<bool, error>;
                list-keys: func(cursor: option<string>) -> result<key-response, error>;
            }
        }

        interface atomics {
            use store.{bucket, error};
            variant cas-error { store-error(error), cas-failed(cas) }
            resource cas {
                new: static func(bucket: borrow<bucket>, key: string) -> result<cas, error>;
                current: func() -> result<option<list<u8>>, error>;
            }
            swap: func(cas: cas, value: list<u8>) -> result<_, cas-error>;
            increment: func(bucket: borrow<bucket>, key: string, delta: s64) -> result<s64, error>;
        }

        interface batch {
            use store.{bucket, error};
            get-many: func(bucket: borrow<bucket>, keys: list<string>) -> result<list<tuple<string, option<list<u8>>>>, error>;
            set-many: func(bucket: borrow<bucket>, key-values: list<tuple<string, list<u8>>>) -> result<_, error>;
            delete-many: func(bucket: borrow<bucket>, keys: list<string>) -> result<_, error>;
        }

        world app {
            import store;
            import atomics;
            import batch;
        }
    ",
});
