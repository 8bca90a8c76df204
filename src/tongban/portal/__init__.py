"""The shell: base layout, home, design language, language and elder mode, errors, security, page cache. Floor 6."""
