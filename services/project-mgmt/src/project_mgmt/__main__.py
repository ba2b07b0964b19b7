"""`python -m project_mgmt`."""

from chassis.cli import main
from project_mgmt.app import SERVICE

if __name__ == "__main__":
    main(SERVICE)
