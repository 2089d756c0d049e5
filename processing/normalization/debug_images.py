"""Loaded images of a native process, so that an address can be named by its image."""

from bisect import bisect_right
from dataclasses import dataclass

from processing.normalization import limits, scalars
from processing.normalization.trimming import Trimmer


@dataclass(frozen=True, slots=True)
class Image:
    start: int
    end: int
    address: str
    code_file: str | None


class ImageIndex:
    """Finds the image which holds an address."""

    def __init__(self, debug_images: list[object]) -> None:
        found = (image for sent in debug_images if isinstance(sent, dict) and (image := _image(sent)))
        self._images = sorted(found, key=lambda image: image.start)
        self._starts = [image.start for image in self._images]

    def find(self, address: object) -> Image | None:
        """The image around a canonical "0x..." address."""
        if not self._images or not isinstance(address, str):
            return None
        position = int(address, 16)
        place = bisect_right(self._starts, position) - 1
        if place < 0:
            return None
        image = self._images[place]
        return image if position < image.end else None


def read(debug_meta: object, trimmer: Trimmer) -> list[object]:
    """The images as sent, trimmed."""
    images = scalars.mapping(debug_meta).get("images")
    if not isinstance(images, list):
        return []
    trimmed = (trimmer.value(image, "debug_images") for image in images[: limits.MAX_DEBUG_IMAGES] if isinstance(image, dict))
    return [image for image in trimmed if image is not None]


def _image(sent: dict[str, object]) -> Image | None:
    address = scalars.address(sent.get("image_addr"))
    if address is None:
        return None
    start, size = int(address, 16), scalars.integer(sent.get("image_size"))
    return Image(start, start + (size or 0), address, scalars.name(sent.get("code_file")))
