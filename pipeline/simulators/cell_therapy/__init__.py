"""A simulated autologous cell therapy (CAR-T): patient lots, made at several centres."""
