# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
"""What operations send, in its JSON form: a TypedDict for each model, named after it.

For type checkers and editors. A dictionary that is written as a literal is checked key by key; one that comes from a file, with values of
type `Any`, is taken as it is (`JsonMapping`) and checked when it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Never, NotRequired, Protocol, TypeAlias

# No name of a model can end up as this one.
from typing import TypedDict as _TypedDict


class JsonMapping(Protocol):
    """A mapping with values of type `Any`, as `json.load` and `yaml.safe_load` give them.

    The return type `Never` keeps out dictionaries whose values have a known type: those are checked against their TypedDict.
    """

    def keys(self) -> Any:
        """Return the keys."""

    def __getitem__(self, key: str, /) -> Never: ...


class AuthDataDict(_TypedDict):
    """The JSON form of `models.AuthData`."""

    header_name: NotRequired[str]
    """ Header Name """
    header_prefix: NotRequired[str]
    """ Header Prefix """
    space_after_prefix: NotRequired[bool]
    """ Space After Prefix """
    param_name: NotRequired[str]
    """ Param Name """
    azure_client_id: NotRequired[str]
    """ Azure Client ID """
    azure_client_secret: NotRequired[str]
    """ Azure Client Secret """
    azure_tenant_id: NotRequired[str]
    """ Azure Tenant ID """
    gcp_service_account_json: NotRequired[str]
    """ GCP Service Account JSON """
    aws_access_key_id: NotRequired[str]
    """ AWS Access Key ID """
    aws_secret_access_key: NotRequired[str]
    """ AWS Secret Access Key """
    allow_override: NotRequired[bool]
    """ If enabled, the authorization header or parameter can be overridden in the request by the value configured here """
    boxai_client_id: NotRequired[str]
    """ BoxAI client ID for authentication """
    boxai_client_secret: NotRequired[str]
    """ BoxAI client secret for authentication """
    boxai_user_id: NotRequired[str]
    """ BoxAI user ID for authentication """
    boxai_default_file_id: NotRequired[str]
    """ BoxAI default file ID for operations """
    nutanix_user_session_id: NotRequired[str]
    """ Nutanix user session ID for authentication """
    nutanix_email_id: NotRequired[str]
    """ Nutanix email ID for authentication """
    xactly_username: NotRequired[str]
    """ Xactly username for authentication """
    xactly_password: NotRequired[str]
    """ Xactly password for authentication """


class BedrockMetadataDict(_TypedDict):
    """The JSON form of `models.BedrockMetadata`."""

    aws_region: NotRequired[str]
    """ If using AWS providers (Bedrock) you can override the default AWS_REGION 'us-east-1' by setting this option """


class CustomHeaderDict(_TypedDict):
    """The JSON form of `models.CustomHeader`."""

    key: str
    """ The name/key of the custom header """
    value: str
    """ The value of the custom header """


CustomPayloadDict: TypeAlias = "Mapping[str, Any]"


class DefaultRequestOptionsDict(_TypedDict):
    """The JSON form of `models.DefaultRequestOptions`."""

    temperature: NotRequired[float]
    """ Temperature """
    top_p: NotRequired[float]
    """ Top P """
    top_k: NotRequired[int]
    """ Top K """


class EndpointDict(_TypedDict):
    """The JSON form of `models.Endpoint`."""

    scheme: str
    """ Scheme of the endpoint """
    host: str
    """ Host of the endpoint """
    port: int
    """ Port of the endpoint """
    base_path: str
    """ Base path of the endpoint """


class EnkryptAIMetadataDict(_TypedDict):
    """The JSON form of `models.EnkryptAIMetadata`."""

    deployment_name: NotRequired[str]
    """ If using EnkryptAI, specify the deployment name """


class GeminiMetadataDict(_TypedDict):
    """The JSON form of `models.GeminiMetadata`."""

    api_endpoint: NotRequired[str]
    """ If running Gemini on Vertex, specify the regional API endpoint (hostname only) """
    project_id: NotRequired[str]
    """ If running Gemini on Vertex, specify the project ID """
    location_id: NotRequired[str]
    """ If running Gemini on Vertex, specify the location ID """


class JwtHeaderDict(_TypedDict):
    """The JSON form of `models.JwtHeader`."""

    key: str
    """ The name/key of the custom header """
    value: str
    """ The value of the custom header """


class MetadataDict(_TypedDict):
    """The JSON form of `models.Metadata`."""

    max_tokens: NotRequired[int]
    """ Max Tokens """
    input_cost_1M_tokens: NotRequired[float]
    """ Input Cost 1M Tokens """
    output_cost_1M_tokens: NotRequired[float]
    """ Output Cost 1M Tokens """
    azure_instance: NotRequired[str]
    """ If Azure, it's instance type """
    azure_api_version: NotRequired[str]
    """ If Azure, it's API version """
    azure_deployment_id: NotRequired[str]
    """ If Azure, it's deployment ID """
    anthropic_version: NotRequired[str]
    """ If Anthropic, it's version """
    llama2_format: NotRequired[Literal["openai"]]
    """ If Llama2, it's format """
    mistral_format: NotRequired[Literal["ollama", "openai"]]
    """ If Mistral, it's format """
    gemini: NotRequired[GeminiMetadataDict]
    """ Gemini """
    bedrock: NotRequired[BedrockMetadataDict]
    """ Bedrock """
    enkryptai: NotRequired[EnkryptAIMetadataDict]
    """ EnkryptAI """
    xactly: NotRequired[XactlyMetadataDict]
    """ Xactly """


class ModelConfigDict(_TypedDict):
    """The JSON form of `models.ModelConfig`."""

    model_provider: Literal[
        "ai21",
        "alibaba",
        "anthropic",
        "anthropic_compatible",
        "azure_openai",
        "bedrock",
        "boxai",
        "cohere",
        "cohere_compatible",
        "custom",
        "deepseek",
        "enkryptai",
        "fireworks",
        "gemini",
        "groq",
        "huggingface",
        "llama",
        "mistral",
        "nutanix",
        "openai",
        "openai_compatible",
        "portkey",
        "sierra",
        "together",
        "url",
        "xactly",
    ]
    """ Provider of the model which determines the request response format """
    hosting_type: NotRequired[Literal["External", "Internal"]]
    """ Hosting type of the model """
    model_source: NotRequired[str]
    """ Source of the model """
    tools: NotRequired[list[ToolDict]]
    """ Array of tools available to the model """
    input_modalities: NotRequired[list[Literal["audio", "image", "text"]]]
    """ Types of input that the model can process """
    output_modalities: NotRequired[list[Literal["text"]]]
    """ Types of output that the model can generate """
    rate_per_min: NotRequired[float]
    """ < 100 won't enable async. > 100 will enable async mode. > 200 we can run boosted async (all tests in parallel). Default 20. """
    system_prompt: NotRequired[str]
    """ System prompt """
    endpoint: NotRequired[EndpointDict]
    """ Endpoint """
    paths: NotRequired[PathsDict]
    """ Paths """
    auth_data: NotRequired[AuthDataDict]
    """ Auth Data """
    apikeys: NotRequired[list[str]]
    """ API Keys """
    model_auth_type: NotRequired[Literal["apikey", "jwt"]]
    """ Model Auth Type (apikey or jwt) """
    model_jwt_config: NotRequired[ModelJwtConfigDict]
    """ Model Custom Auth Token Config """
    custom_curl_command: NotRequired[str]
    """ Custom Curl Command """
    custom_headers: NotRequired[list[CustomHeaderDict]]
    """ Array of custom headers to be sent with requests """
    custom_payload: NotRequired[CustomPayloadDict]
    """ A flexible object that can contain any custom key-value pairs for the request payload. Only condition is to include {prompt} in the payload. """
    custom_response_content_type: NotRequired[Literal["json"]]
    """ Content type of the custom response. Currently only supports JSON. """
    custom_response_format: NotRequired[str]
    """ Optional response format path. Jq format for json type (e.g. '.choices[0].message.content') """
    metadata: NotRequired[MetadataDict]
    """ Metadata """
    default_request_options: NotRequired[DefaultRequestOptionsDict]
    """ Default Request Options """


class ModelJwtConfigDict(_TypedDict):
    """The JSON form of `models.ModelJwtConfig`."""

    jwt_method: NotRequired[Literal["GET", "POST"]]
    """ Token Method """
    jwt_url: NotRequired[str]
    """ Token URL """
    jwt_headers: NotRequired[list[JwtHeaderDict]]
    """ Array of custom headers to be sent with token requests """
    jwt_body: NotRequired[str]
    """ The body of the token request """
    jwt_response_key: NotRequired[str]
    """ The key of the token in the response in jq format """


class ModelRequestObjectDict(_TypedDict):
    """The JSON form of `models.ModelRequestObject`."""

    testing_for: NotRequired[
        Literal["URL", "agents", "chatbotsAndCopilots", "foundationModels"]
    ]
    """ Purpose of testing """
    model_name: NotRequired[str]
    """ Name of the model. Required for foundationModels """
    certifications: NotRequired[list[str]]
    """ List of certifications """
    model_config: ModelConfigDict
    """ Model Config """
    model_saved_name: str
    """ Name of the saved model """
    model_version: str
    """ Custom identifier for the model """


class PathsDict(_TypedDict):
    """The JSON form of `models.Paths`."""

    completions: NotRequired[str]
    """ Completions """
    chat: NotRequired[str]
    """ Chat """


class ToolDict(_TypedDict):
    """The JSON form of `models.Tool`."""

    name: str
    """ Name of the tool """
    description: str
    """ Description of what the tool does """


class XactlyMetadataDict(_TypedDict):
    """The JSON form of `models.XactlyMetadata`."""

    assistant_id: NotRequired[str]
    """ Xactly assistant ID for authentication """
