"""Generation: pictures made from noise, learned against a critic who sees real ones too."""
