-- The replica of organisations; only services that read `zhulian.gateway.organisations.changed.v1` have it.
CREATE TABLE known_organisations (
  organisation_id UUID NOT NULL,
  uscc VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  kinds VARCHAR[] NOT NULL,
  state VARCHAR NOT NULL,
  parent_id UUID,
  version BIGINT NOT NULL,
  PRIMARY KEY (organisation_id)
);
