"""MQTT: topics, payloads of plain JSON and of Sparkplug B, and the client."""
