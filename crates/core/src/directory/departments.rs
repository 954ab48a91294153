//! Departments: the tree of the company.

use trackway_api::directory::{Department as DepartmentReply, GetDepartment, ListDepartments};

use crate::cx::{Cx, Reply};
use crate::dict::model::Department;
use crate::dict::{Dict, Object};
use crate::error::{Code, Result};
use crate::paging::{self, Page};
use crate::view::View;

/// Departments of the organisation.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListDepartments) -> Result<Reply<Vec<DepartmentReply>>> {
    cx.view.localize(r.localized);
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let (departments, paging) = page.cut(cx.dict.departments.iter().cloned().collect());
    let replies = departments.iter().map(|d| wire(&cx.dict, &cx.view, d)).collect();
    Ok(Reply::new(replies).paged(paging))
}

/// One department.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetDepartment) -> Result<Reply<DepartmentReply>> {
    cx.view.localize(r.localized);
    let department = cx.dict.departments.find(r.id.trim());
    let department = department.ok_or_else(|| Code::DepartmentNotFound.err())?;
    Ok(wire(&cx.dict, &cx.view, department).into())
}

fn wire(dict: &Dict, view: &View, department: &Object<Department>) -> DepartmentReply {
    let parent = department.body.parent.and_then(|id| dict.departments.get(id));
    DepartmentReply {
        self_url: view.url(&department.path()),
        id: department.id.to_string(),
        name: department.name.text(view.names),
        parent: parent.map(|parent| parent.plain_ref(view)),
    }
}
