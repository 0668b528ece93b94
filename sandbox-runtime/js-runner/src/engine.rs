//! The one engine of an instance: made by `prepare`, filled by `init`, used by `handle`.

use std::cell::RefCell;

use rquickjs::{
    CatchResultExt as _, Context, Ctx, Function, Module, Object, Persistent, Promise, Runtime, Value,
};
use wasip2::http::types::{IncomingRequest, ResponseOutparam};

use crate::failure::{self, Failure};
use crate::{File, Problem, answer, event_loop, memory, modules, natives, request};

/// What an instance holds from the first export to the last.
struct Engine {
    context: Context,
    /// `handle` of the script API.
    handle: Option<Persistent<Function<'static>>>,
    /// `check` of the script API.
    check: Persistent<Function<'static>>,
    /// What the app exports by default.
    app: Option<Persistent<Value<'static>>>,
    /// The request as the script API sees it; its parts are asked for when they are used.
    request: Option<Persistent<Object<'static>>>,
}

thread_local! {
    static ENGINE: RefCell<Option<Engine>> = const { RefCell::new(None) };
}

/// What calls inside calls may take of the stack in memory, whose 1 MiB is also for what the engine calls in the end. Code that goes deeper
/// gets a `RangeError`: some 2,200 plain calls in each other, 700 through `map`. The host's stack, of which a call takes up to seven times
/// as much (measured: `replace` with a function), ends behind that at 5 MiB.
const STACK_BYTES: usize = 640 * 1024;

/// The module of the script API that the others hang on.
const ENTRY: &str = "c4h:web/main.js";

/// Makes the engine and evaluates the script API.
pub(crate) fn prepare(files: Vec<File>) -> Result<(), Problem> {
    modules::add_web(files);
    let runtime = Runtime::new().map_err(|error| broken(&error))?;
    runtime.set_loader(modules::Resolving, modules::Loading);
    runtime.set_host_promise_rejection_tracker(Some(Box::new(|ctx, promise, reason, handled| {
        event_loop::note_rejection(&ctx, promise, &reason, handled);
    })));
    runtime.set_max_stack_size(STACK_BYTES);
    runtime.set_interrupt_handler(Some(Box::new(event_loop::must_stop)));
    let context = Context::full(&runtime).map_err(|error| broken(&error))?;
    let (handle, check, request) = context.with(|ctx| -> Result<_, Problem> {
        let prepared = (|| {
            natives::install(&ctx)?;
            let (module, promise) =
                Module::declare(ctx.clone(), ENTRY, modules::web(ENTRY).unwrap_or_default())?.eval()?;
            event_loop::run_jobs(&ctx);
            promise.finish::<()>()?;
            let install: Function<'_> = module.get("install")?;
            install.call::<_, ()>((ctx.globals(),))?;
            let handle: Function<'_> = module.get("handle")?;
            let check: Function<'_> = module.get("check")?;
            let request = request::object(&ctx)?;
            Ok((
                Persistent::save(&ctx, handle),
                Persistent::save(&ctx, check),
                Persistent::save(&ctx, request),
            ))
        })();
        prepared
            .catch(&ctx)
            .map_err(|error| Failure::of_caught(error).into_problem())
    })?;
    // The runtime lives as long as its context does.
    ENGINE.set(Some(Engine {
        context,
        handle: Some(handle),
        check,
        app: None,
        request: Some(request),
    }));
    Ok(())
}

/// Evaluates the app and keeps what it exports.
pub(crate) fn init(main: &str, files: Vec<File>, tests: bool) -> Result<(), Problem> {
    modules::add_app(files, tests);
    ENGINE.with_borrow_mut(|engine| {
        let engine = engine.as_mut().ok_or_else(|| Problem {
            code: "platform-error".to_owned(),
            message: "init before prepare".to_owned(),
            file: None,
            line: None,
            column: None,
        })?;
        let check = engine.check.clone();
        engine.app = Some(engine.context.with(|ctx| evaluate(&ctx, main, check))?);
        engine.context.runtime().run_gc();
        engine
            .context
            .runtime()
            .set_gc_threshold(memory::COLLECT_AT_BYTES);
        memory::fill_gaps();
        Ok(())
    })
}

fn evaluate(
    ctx: &Ctx<'_>,
    main: &str,
    check: Persistent<Function<'static>>,
) -> Result<Persistent<Value<'static>>, Problem> {
    event_loop::starting();
    let problem = |error| Failure::of_caught(error).into_problem();
    let source =
        modules::source(main).map_err(|message| Failure::plain("script-import", message).into_problem())?;
    let module = Module::declare(ctx.clone(), main, source)
        .catch(ctx)
        .map_err(problem)?;
    let (module, promise) = module.eval().catch(ctx).map_err(problem)?;
    event_loop::run_jobs(ctx);
    match promise.result::<()>() {
        None => {
            let message = "The top level of the app waits (`await`) for something that will never happen.";
            return Err(Failure::plain("script-exception", message.to_owned()).into_problem());
        }
        Some(result) => result.catch(ctx).map_err(problem)?,
    }
    if let Some(failure) = event_loop::take_rejection() {
        return Err(failure.into_problem());
    }
    let exported = module.namespace().and_then(|exports| {
        let names: Vec<String> = exports.keys().collect::<rquickjs::Result<_>>()?;
        Ok((exports.get::<_, Value<'_>>("default")?, names))
    });
    let (app, names) = match exported {
        Ok(exported) => exported,
        Err(error) => return Err(problem(rquickjs::CaughtError::from_error(ctx, error))),
    };
    let check = check
        .restore(ctx)
        .and_then(|check| check.call::<_, ()>((app.clone(), names)));
    check.catch(ctx).map_err(|error| {
        let mut failure = Failure::of_caught(error);
        failure.set_code("script-export");
        failure.set_file(main);
        failure.into_problem()
    })?;
    event_loop::started();
    Ok(Persistent::save(ctx, app))
}

/// Answers one request.
pub(crate) fn handle(request: IncomingRequest, out: ResponseOutparam) {
    ENGINE.with_borrow_mut(|engine| {
        let taken = engine.as_mut().and_then(|engine| {
            Some((
                engine.handle.take()?,
                engine.app.take()?,
                engine.request.take()?,
                engine.context.clone(),
            ))
        });
        let Some((handle, app, object, context)) = taken else {
            return answer::fail(out, "This component has no app in it.");
        };
        request::set(request);
        context.with(|ctx| {
            let answered = (|| {
                let handle = handle.restore(&ctx)?;
                let result: Value<'_> = handle.call((app.restore(&ctx)?, object.restore(&ctx)?))?;
                settle(&ctx, result)
            })();
            // Taken before anything else runs: the engine knows what it threw, and nobody else does.
            let answered = answered.catch(&ctx);
            if event_loop::is_stopped() {
                let place = event_loop::take_stopped().or_else(|| answered.err().map(Failure::of_caught));
                let text = place.map_or_else(String::new, |mut place| {
                    place.show_loop();
                    place.to_string()
                });
                return answer::fail(out, &text);
            }
            match answered {
                Ok(Some(response)) => match answer::Answer::read(&response).catch(&ctx) {
                    Ok(answer) => {
                        answer.send(out);
                        // What `waitUntil` was given; the client already has its answer.
                        if let Ok(Some(after)) = response.get::<_, Option<Promise<'_>>>("after") {
                            event_loop::run_until(&ctx, &after);
                            if let Some(mut place) = event_loop::take_stopped() {
                                place.show_loop();
                                natives::print_error(&place.to_string());
                            }
                        }
                    }
                    Err(error) => answer::fail(out, &Failure::of_caught(error).to_string()),
                },
                Ok(None) => answer::fail(out, failure::DEADLOCK),
                Err(error) => answer::fail(out, &Failure::of_caught(error).to_string()),
            }
            event_loop::report_rejections();
        });
        // Dropping the engine would free every object one by one; the instance ends here and takes all with it.
        std::mem::forget(context);
    });
}

/// The response itself, once it is there. `None` when nothing can ever settle it.
fn settle<'js>(ctx: &Ctx<'js>, result: Value<'js>) -> rquickjs::Result<Option<Object<'js>>> {
    let Some(promise) = result.as_promise().cloned() else {
        return Ok(result.into_object());
    };
    event_loop::run_until(ctx, &promise);
    // What it was rejected with is the answer, and nobody else's business.
    event_loop::forget_rejection(ctx, &promise);
    promise.result::<Object<'js>>().transpose()
}

fn broken(error: &rquickjs::Error) -> Problem {
    Failure::plain("platform-error", error.to_string()).into_problem()
}
