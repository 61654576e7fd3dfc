"""A simulated antibody train: culture, harvest, capture, polishing, and ultrafiltration to drug substance."""
