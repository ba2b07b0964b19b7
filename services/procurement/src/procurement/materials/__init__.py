"""The material catalogue (材料目录), GB/T 50851-2013."""
