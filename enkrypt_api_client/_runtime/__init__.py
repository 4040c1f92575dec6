"""The part of the package that is written by hand and private. Each module imports only from those above it:

* version: the version of this package
* frames: keeps frames, which hold keys and bodies, out of exceptions
* deprecation: marks what the document calls deprecated, for editors and type checkers
* importing: importing what a call is the first to need, safe from a fork
* import_failures: what becomes of a call that can't import what it needs
* turns: what one thread or task does at a time, safe from a fork
* text_search: finds many texts in another one
* escapes: characters that are not seen, and escapes for characters
* redact: takes secrets out of text; text fit to be shown
* service_words: what the service says about a failed call
* settings: arguments, environment, credentials, options
* values: UNSET, File, Response; values of models as JSON; dates
* styles: parameters in the styles of OpenAPI
* faults: paths to what is wrong in a value; what a model can't read
* model_base: base classes of generated models; unions
* paging: how a list comes in pages; no input or output
* operation: what the document says of one operation
* api_answers: reading of responses by generated functions
* deadline: the moment by which something must be over
* response: headers, decompression, content
* attempt: what one try sent and received; data only
* body: forms, parts and files as bytes and headers
* plain_json: what callers give, as plain JSON; what can't be, by path
* body_secrets: finds the secrets in a body
* validation: what is wrong with a request, by path
* request: one request: address, headers, credentials, content
* policy: what an attempt means; no input or output
* tls: how TLS is spoken, and what to do where that fails
* route: how to get to a service: address, proxy, certificates
* network: errors of the network; the Socket protocol
* names: resolves the names of hosts, safe from a fork
* helper: threads for what may block too long
* sockets: a TCP connection, plain or with TLS; all but how to wait
* connection: HTTPConnection over h11; ConnectionPool
* slots: how many calls at a time; Checkout
* sources: the content of a request, a piece at a time
* transport: check out, send, receive, settle
* library: what is used of httpx and httpx2, for type checkers
* threads, tasks, own_client: the three transports: blocking, asyncio, a caller's client
* lifetime: collection, interpreter exit, fork
* log: a record for each attempt
* hooks: functions of the caller that see each attempt
* library_log: keeps secrets out of the records of a caller's HTTP library
* runner: attempts and pauses
* calls: a call of an operation, and its typed result
* undocumented: a request that the document does not describe
* events: what a stream yields
* stream: a response that is read as it comes
* pages: a list that comes in pages
* api_client: `client.api` under the same policy
* doctor: why a client does not work here, step by step
"""
