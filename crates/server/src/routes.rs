//! Which function answers which operation: one list of names. The operation follows from the
//! function's argument.

use trackway_api::{DecodeError, Endpoint, Info, Raw};
use trackway_core::cx::{Answer, Cx, Reply};
use trackway_core::tracker::Operation;

use crate::files::{Incoming, Stream, Wanted};

/// A domain function.
pub(crate) type Handler<E> =
    fn(&mut Cx<'_, '_>, &E) -> trackway_core::Result<Reply<<E as Endpoint>::Reply>>;

type Decode = dyn Fn(&Raw<'_>) -> Result<Box<dyn Operation>, DecodeError> + Send + Sync;

/// An operation with the function that answers it, without their types, so that everything behind
/// is compiled once.
pub(crate) struct Route {
    /// What is known of the operation.
    pub(crate) info: &'static Info,
    /// How it is answered.
    pub(crate) action: Action,
}

/// How an operation is answered.
pub(crate) enum Action {
    /// By a domain function in its lane; this reads the request.
    Call(Box<Decode>),
    /// Piece by piece, because it moves the bytes of a file.
    Stream(Stream),
}

struct Call<E: Endpoint> {
    handler: Handler<E>,
    request: E,
}

impl<E: Endpoint> Operation for Call<E> {
    fn name(&self) -> &'static str {
        E::INFO.name
    }

    fn run(&self, cx: &mut Cx<'_, '_>) -> trackway_core::Result<Answer> {
        Answer::new((self.handler)(cx, &self.request)?, E::INFO.status)
    }
}

fn route<E: Endpoint>(handler: Handler<E>) -> Route {
    Route {
        info: E::INFO,
        action: Action::Call(Box::new(move |raw| {
            Ok(Box::new(Call { handler, request: E::decode(raw)? }))
        })),
    }
}

fn stream<E: Endpoint>(stream: Stream) -> Route {
    Route { info: E::INFO, action: Action::Stream(stream) }
}

/// Operations that move the bytes of files.
fn streams() -> Vec<Route> {
    use trackway_api::attachments as api;
    use trackway_api::entities::DownloadReport;

    macro_rules! upload {
        ($request:ty) => {
            stream::<$request>(Stream::Upload(|raw| {
                let request = <$request>::decode(raw)?;
                Ok(Incoming { target: (&request).into(), filename: request.filename })
            }))
        };
    }
    vec![
        upload!(api::AddAttachment),
        upload!(api::AddCommentAttachment),
        upload!(api::AddTemporaryAttachment),
        upload!(api::ImportAttachment),
        upload!(api::ImportCommentAttachment),
        stream::<api::DownloadAttachment>(Stream::Download(|raw| {
            let request = api::DownloadAttachment::decode(raw)?;
            let inline = request.inline.unwrap_or_default();
            Ok(Wanted { issue: Some(request.issue), attachment: request.attachment, inline })
        })),
        stream::<api::DownloadTemporaryAttachment>(Stream::Download(|raw| {
            let request = api::DownloadTemporaryAttachment::decode(raw)?;
            let inline = request.inline.unwrap_or_default();
            Ok(Wanted { issue: None, attachment: request.attachment, inline })
        })),
        stream::<api::GetThumbnail>(Stream::Thumbnail(|raw| {
            let request = api::GetThumbnail::decode(raw)?;
            Ok(Wanted { issue: Some(request.issue), attachment: request.attachment, inline: true })
        })),
        stream::<DownloadReport>(Stream::Export(|raw| Ok(DownloadReport::decode(raw)?.id))),
    ]
}

macro_rules! routes {
    ($($handler:path),* $(,)?) => { vec![$(route($handler)),*] };
}

/// Operations that move bytes, and all others.
pub(crate) fn served() -> Vec<Route> {
    let mut served = all();
    served.extend(streams());
    served
}

/// Every operation that is served.
#[rustfmt::skip]
pub(crate) fn all() -> Vec<Route> {
    use trackway_core::{autoaction, bulk, hook, job, macros, notice, schedule, sla, stream, subscription, trigger, webhook};
    use trackway_core::queue::{self, component, effective, permissions, version, workflow};
    use trackway_core::board;
    use trackway_core::directory::{countries, departments, maillists, translations};
    use trackway_core::filter;
    use trackway_core::dashboard::{self, widget};
    use trackway_core::entity::{self, project};
    use trackway_core::{attachment, checklist};
    use trackway_core::dictionary::change;
    use trackway_core::queue::local_field;
    use trackway_core::workflow::{self as drawing, screen};
    use trackway_core::queue::{component_rules, default_values, lifecycle, removal, subject};
    use trackway_core::sprint;
    use trackway_core::template;
    use trackway_core::{
        audit, comment, dictionary, directory, event, field, issue, link, search, transition, user,
        worklog,
    };
    use trackway_core::gap;
    use trackway_core::queue::{of_issue, tag};

    routes![
        user::ops::myself, user::ops::list, user::ops::list_relative, user::ops::get,
        directory::groups, directory::group, directory::roles, directory::role,
        dictionary::ops::list_statuses, dictionary::ops::get_status,
        dictionary::ops::list_issue_types, dictionary::ops::get_issue_type,
        dictionary::ops::list_priorities, dictionary::ops::get_priority,
        dictionary::ops::list_resolutions, dictionary::ops::get_resolution,
        link::ops::list_types, link::ops::get_type,
        board::ops::list, board::ops::create, board::ops::list_page, board::ops::create_live,
        board::ops::get, board::ops::update, board::ops::delete,
        board::columns::list, board::columns::create, board::columns::get, board::columns::update,
        board::columns::delete, board::rank::put, board::rank::list,
        sprint::ops::of_board, sprint::ops::list, sprint::ops::create, sprint::ops::get,
        sprint::ops::update, sprint::ops::delete, sprint::ops::start,
        sprint::ops::finish, sprint::ops::archive,
        departments::list, departments::get, countries::list, countries::get,
        maillists::list, maillists::get, translations::list, translations::get,
        user::ops::settings, user::ops::update_settings,
        template::issue::list, template::issue::get, template::issue::of_queue,
        template::comment::list, template::comment::get, template::comment::of_queue,
        filter::ops::list, filter::ops::create, filter::ops::get, filter::ops::update,
        filter::ops::search, filter::ops::delete,
        field::ops::list, field::ops::get, field::ops::list_categories, field::ops::get_category,
        field::ops::create, field::ops::update, field::ops::delete,
        field::ops::create_category, field::ops::update_category,
        queue::ops::list, queue::create::op, queue::ops::get, queue::ops::tags,
        queue::ops::fields, queue::ops::issue_types, workflow::map,
        permissions::get, permissions::get_one, permissions::update, permissions::check,
        effective::get, effective::get_one,
        version::list, version::of_queue, version::get, version::create, version::create_in,
        version::update, version::archive, version::release,
        component::list, component::of_queue, component::get, component::create,
        component::create_in, component::update,
        workflow::list, workflow::get,
        issue::ops::get, issue::ops::create, issue::ops::update, issue::ops::find_by_unique,
        search::ops::search, search::ops::list, search::ops::count, search::ops::clear_scroll,
        issue::transfer::relocate, issue::copy::clone, issue::remove::delete, issue::import::import,
        issue::restore::archive, issue::restore::restore, issue::shelf::archived,
        issue::shelf::deleted, issue::vote::add, issue::vote::remove,
        search::ops::search, search::ops::list, search::ops::count,
        transition::ops::list, transition::ops::get, transition::ops::execute,
        event::ops::list, event::ops::get,
        comment::ops::list, comment::ops::add, comment::ops::get, comment::ops::update,
        comment::ops::delete,
        entity::ops::create, entity::ops::get, entity::ops::update, entity::ops::delete,
        entity::ops::import, entity::search::search, entity::event::list, entity::bulk::update,
        entity::permissions::get, entity::permissions::update,
        entity::permissions::get_extended, entity::permissions::update_extended,
        entity::comments::list, entity::comments::create, entity::comments::relative,
        entity::comments::get, entity::comments::update, entity::comments::delete,
        entity::comments::react, entity::comments::take_back,
        entity::checklist::add, entity::checklist::rewrite, entity::checklist::clear,
        entity::checklist::update, entity::checklist::delete, entity::checklist::reorder,
        entity::files::list, entity::files::get, entity::files::attach, entity::files::delete,
        entity::links::list, entity::links::create, entity::links::delete,
        entity::report::create, entity::report::search,
        project::list, project::create, project::get, project::replace, project::update,
        project::delete, project::queues, project::permissions, project::permission,
        project::access_set, project::access_one, project::of_queue,
        dashboard::ops::create, dashboard::ops::search, dashboard::ops::get,
        dashboard::ops::update, dashboard::ops::delete,
        widget::create, widget::import, widget::create_cycle_time, widget::get, widget::update,
        attachment::ops::list, attachment::ops::get, attachment::ops::delete,
        attachment::ops::get_alone,
        checklist::ops::list, checklist::ops::add, checklist::ops::rewrite, checklist::ops::clear,
        checklist::ops::get, checklist::ops::update, checklist::ops::delete,
        comment::ops::delete, comment::reaction::add, comment::reaction::remove,
        comment::import::import,
        link::ops::list, link::ops::add, link::ops::get, link::ops::delete, link::ops::link,
        link::ops::unlink, link::page::list, link::import,
        link::remote::list, link::remote::add, link::remote::get, link::remote::delete,
        link::remote::list_applications, link::remote::get_application,
        worklog::ops::list, worklog::ops::add, worklog::ops::get, worklog::ops::update,
        worklog::ops::delete, worklog::ops::get_by_id, worklog::list, worklog::search,
        worklog::import,
        issue::suggest::suggest, of_issue::get, of_issue::get_one, tag::remove,
        gap::ops::create, gap::ops::delete, gap::ops::search, gap::ops::workflows,
        audit::ops::list,
        queue::update::update, lifecycle::delete, lifecycle::archive,
        lifecycle::restore,
        subject::user_in_queue, subject::group_in_queue,
        subject::user_in_component, subject::group_in_component,
        default_values::list, default_values::create, default_values::get,
        default_values::update, default_values::delete,
        removal::component, removal::version,
        local_field::of_queue, local_field::create, local_field::get, local_field::update,
        local_field::list, local_field::get_by_id,
        drawing::ops::create, drawing::ops::update, drawing::ops::delete,
        drawing::ops::update_action,
        screen::list, screen::get, screen::elements, screen::element,
        change::create_status, change::update_status,
        change::create_issue_type, change::update_issue_type,
        change::create_priority, change::update_priority,
        change::create_resolution, change::update_resolution,
        component_rules::get, component_rules::get_one, component_rules::update,
        component_rules::delete, component_rules::access, component_rules::access_one,
        bulk::ops::update, bulk::ops::relocate, bulk::ops::transition, bulk::ops::get, bulk::ops::cancel, bulk::ops::issues,
        job::ops::list, job::ops::retry, job::ops::cancel,
        trigger::ops::list, trigger::ops::create, trigger::ops::get, trigger::ops::update,
        trigger::ops::delete, webhook::ops::of_trigger,
        autoaction::ops::list, autoaction::ops::create, autoaction::ops::get,
        autoaction::ops::update, autoaction::ops::delete, autoaction::ops::launches,
        autoaction::ops::launch_issues,
        schedule::ops::list, schedule::ops::create, schedule::ops::get, schedule::ops::update,
        schedule::ops::delete,
        macros::ops::list, macros::ops::create, macros::ops::get, macros::ops::update,
        macros::ops::delete,
        notice::ops::list, notice::ops::count, notice::ops::read, notice::ops::finish,
        notice::ops::snooze, notice::ops::mutes, notice::ops::mute, notice::ops::unmute,
        notice::ops::read_all,
        notice::ops::settings, notice::ops::set,
        subscription::ops::list, subscription::ops::create, subscription::ops::delete,
        hook::ops::list, hook::ops::create, hook::ops::get, hook::ops::update, hook::ops::delete,
        hook::ops::log, stream::ops::list,
        sla::calendars::list, sla::calendars::create, sla::calendars::get, sla::calendars::update,
        sla::calendars::delete,
        sla::ops::list, sla::ops::create, sla::ops::get, sla::ops::update, sla::ops::delete,
    ]
}
