"use strict";
// Everything comes from this host: the page's Content-Security-Policy lets nothing else in.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  displayOperationId: true,
  showExtensions: true,
  persistAuthorization: false, // a token stays in this page's memory only
  validatorUrl: null,
});
