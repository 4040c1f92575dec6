"""Version information: `python -m enkrypt_api_client`."""

from . import __version__, _document

if __name__ == "__main__":
    print(f"enkrypt-api-client {__version__}")
    print(f"document: {_document.TITLE} {_document.VERSION}")
    print(f"document SHA-256: {_document.SHA256}")
    print(f"generator: {_document.GENERATOR}")
