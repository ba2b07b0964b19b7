"""The gRPC door: questions between services that need an answer now."""
