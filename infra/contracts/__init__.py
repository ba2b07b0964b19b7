"""What is generated from the contracts (protobuf, OpenAPI, pages), and the checks that it has not drifted."""
