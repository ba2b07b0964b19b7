"""Material procurement (建材招采): catalogue, orders, deliveries and acceptance."""

from chassis.tabular import headings

headings.learn(__file__)
