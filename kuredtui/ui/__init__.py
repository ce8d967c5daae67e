"""The terminal: app, messages, actions, screens and widgets. Makes no API call itself."""
