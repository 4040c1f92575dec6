"""The part of the package that is written by hand and private. Each module imports only from those above it:

* version: the version of this package
* redact: takes secrets out of text; quoting; ids of requests
* settings: arguments, environment, credentials, options
* values: UNSET, File, Response; parameters and parts of forms; dates
* model_base: base classes of generated models; unions
* operation: what the document says of one operation
* deadline: the moment by which something must be over
* response: headers, decompression, content
* attempt: what one try sent and received; data only
* body: forms, parts and files as bytes and headers
* validation: what is wrong with a request, by path
* request: one request: address, headers, credentials, content
* policy: what an attempt means; no input or output
* network: certificates and proxies
* _sync, _async, own_client, _old_transport: connections of threads and of tasks, a caller's own client
* runner: attempts, pauses, log
* calls: a call of an operation, and its typed result
* stream: a response that is read as it comes
* api_client: `client.api` under the same policy
"""
