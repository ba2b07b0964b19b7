"""Everything in the repository that is generated, in the order in which it has to be generated."""

from __future__ import annotations

from infra.contracts import openapi, page, proto, states
from infra.contracts.artefacts import Artefact

PROTOBUF = Artefact("protobuf code", proto.render, proto.owned)
OPENAPI = Artefact("OpenAPI documents", openapi.render, openapi.owned)
PAGE = Artefact("docs/contracts.md", page.render, page.owned)
STATES = Artefact("state diagrams", states.render, states.owned)

ALL = (PROTOBUF, OPENAPI, PAGE, STATES)
