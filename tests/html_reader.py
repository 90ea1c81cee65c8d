"""A page taken apart."""

from __future__ import annotations

from html.parser import HTMLParser

WITHOUT_END = ("meta", "img", "br", "link", "input")


class Page(HTMLParser):
    """Elements with their attributes, what is inside of those of each tag, and the words that are seen."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self._open, self._seen = [], {}, [], []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in WITHOUT_END:
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        for tag in set(self._open):
            self.texts[tag][-1] += data
        if not {"script", "style"} & set(self._open):
            self._seen.append(data)

    @property
    def words(self):
        return " ".join(" ".join(self._seen).split())
