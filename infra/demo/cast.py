"""The ten organisations and their people."""

from __future__ import annotations

from dataclasses import dataclass

from stdnum.cn import uscc

from infra.demo.texts import Text

DOMAIN = "zhulian.example"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with roles; `key` names the caller in the acts."""

    key: str
    name: str
    title: Text
    roles: tuple[str, ...]

    @property
    def email(self) -> str:
        """Also the user name."""
        return f"{self.key}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as it registers, with its administrator and the members that he invites."""

    key: str
    name: Text
    serial: str
    kind: str
    admin: str
    members: tuple[Member, ...]

    @property
    def uscc(self) -> str:
        """统一社会信用代码 with its check digit (GB 32100-2015)."""
        body = f"91440300MA5{self.serial}"
        return body + uscc.calc_check_digit(body)


CAST: tuple[Organisation, ...] = (
    Organisation(
        "owner",
        Text("深圳市坪山区建设投资有限公司", "Pingshan Construction Investment (owner, IPMT)"),
        "DEM01",
        "owner",
        "周敏",
        (
            Member(
                "owner-pm", "吴刚", Text("建设单位 IPMT 经理", "owner's IPMT manager"), ("project_manager", "viewer")
            ),
        ),
    ),
    Organisation(
        "contractor",
        Text("筑联示范总承包有限公司", "Zhulian Demo General Contractor"),
        "DEM02",
        "contractor",
        "陈晨",
        (
            Member(
                "contractor-pm",
                "林涛",
                Text("总包项目经理", "contractor's project manager"),
                ("project_manager", "cost_controller"),
            ),
            Member("contractor-buyer", "黄蓉", Text("总包采购员", "contractor's buyer"), ("buyer",)),
            Member("contractor-approver", "赵云", Text("总包审批人", "contractor's approver"), ("approver",)),
            Member("contractor-site", "孙权", Text("总包现场工程师", "contractor's site engineer"), ("site_engineer",)),
        ),
    ),
    Organisation(
        "contractor2",
        Text("湾区第二建筑有限公司", "Bay Area Second Builders"),
        "DEM03",
        "contractor",
        "何平",
        (
            Member(
                "contractor2-buyer",
                "郭靖",
                Text("二号总包采购员", "second contractor's buyer"),
                ("buyer", "project_manager"),
            ),
        ),
    ),
    Organisation(
        "supervisor",
        Text("深圳明鉴监理有限公司", "Mingjian Supervision"),
        "DEM04",
        "supervisor",
        "梁文",
        (Member("supervisor-engineer", "宋江", Text("监理工程师", "supervising engineer"), ("site_engineer",)),),
    ),
    Organisation(
        "labour",
        Text("众工劳务分包有限公司", "Zhonggong Labour Subcontractor"),
        "DEM05",
        "labour_subcontractor",
        "谢军",
        (Member("labour-clerk", "韩梅", Text("劳资专管员", "labour clerk"), ("labour_clerk",)),),
    ),
    Organisation(
        "supplier",
        Text("华南钢材供应有限公司", "South China Steel Supply"),
        "DEM06",
        "supplier",
        "冯源",
        (Member("supplier-sales", "曹雪", Text("钢材供应商销售", "steel supplier's sales"), ("sales",)),),
    ),
    Organisation(
        "supplier2",
        Text("东江建材有限公司", "Dongjiang Building Material"),
        "DEM07",
        "supplier",
        "邓超",
        (Member("supplier2-sales", "许仙", Text("另一供应商销售", "another supplier's sales"), ("sales",)),),
    ),
    Organisation(
        "lessor",
        Text("巨臂机械租赁有限公司", "Big Arm Equipment Leasing"),
        "DEM08",
        "lessor",
        "曾强",
        (
            Member(
                "lessor-fleet", "彭海", Text("租赁公司车队经理", "lessor's fleet manager"), ("fleet_manager", "sales")
            ),
        ),
    ),
    Organisation(
        "authority",
        Text("智能建造试点主管部门", "Smart construction authority"),
        "DEM09",
        "authority",
        "苏明",
        (Member("authority-viewer", "卢俊", Text("主管部门", "authority"), ("viewer",)),),
    ),
)
