"""Labour (劳务管理): real-name workers, entry to site, attendance."""

from chassis.tabular import headings

headings.learn(__file__)
