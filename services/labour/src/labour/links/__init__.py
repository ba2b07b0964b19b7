"""One-time links (一次性链接): what a worker without an account opens with a secret and an identity check."""
