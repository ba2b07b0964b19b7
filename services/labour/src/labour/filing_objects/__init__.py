"""Filing objects (上报对象): what there is to file, and how far each object has come, with the reason."""
