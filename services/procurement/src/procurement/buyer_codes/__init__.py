"""A buyer's own material codes (企业物料编码), mapped to the catalogue's."""
