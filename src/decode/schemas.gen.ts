// Generated from schemas/*.schema.json by schemas/generate.ts; do not edit.
import type { Kind } from '../model/address.ts'
import type { SchemaNode } from './schema.ts'

export const SCHEMAS: Readonly<Record<Kind | 'config' | 'lockFile' | 'guardrailCases', SchemaNode>> = {
 "clusterServiceDefinition": {
  "description": "A global catalogue entry: a service that integrations of every namespace may connect to.",
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "additionalProperties": false,
  "properties": {
   "apiVersion": {
    "description": "The version of Tenon's documents.",
    "const": "tenon.dev/v1alpha1"
   },
   "kind": {
    "description": "Always ClusterServiceDefinition.",
    "const": "ClusterServiceDefinition"
   },
   "metadata": {
    "description": "The identity of a document that belongs to no namespace.",
    "type": "object",
    "required": [
     "name"
    ],
    "additionalProperties": false,
    "properties": {
     "name": {
      "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
     },
     "labels": {
      "description": "Key and value pairs to select resources by, with the syntax of Kubernetes labels.",
      "type": "object",
      "maxProperties": 64,
      "propertyNames": {
       "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
      },
      "additionalProperties": {
       "type": "string",
       "maxLength": 63,
       "pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"
      }
     },
     "annotations": {
      "description": "The author's own notes; Tenon keeps them and does not read them.",
      "type": "object",
      "maxProperties": 64,
      "propertyNames": {
       "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
      },
      "additionalProperties": {
       "type": "string",
       "maxLength": 16384
      }
     }
    }
   },
   "spec": {
    "description": "A service that integrations connect to.",
    "type": "object",
    "required": [
     "displayName",
     "description",
     "type"
    ],
    "additionalProperties": false,
    "properties": {
     "displayName": {
      "description": "What people read in lists and reviews.",
      "type": "string",
      "minLength": 1,
      "maxLength": 100
     },
     "description": {
      "description": "One or two sentences for the people who choose or review it.",
      "type": "string",
      "minLength": 1,
      "maxLength": 2000
     },
     "category": {
      "description": "Free text to group the catalogue by.",
      "type": "string",
      "minLength": 1,
      "maxLength": 64
     },
     "type": {
      "description": "openapi: an HTTP API with an OpenAPI document or a list of operations.",
      "enum": [
       "openapi",
       "http",
       "database",
       "webhook"
      ]
     },
     "endpoint": {
      "type": "string",
      "minLength": 1,
      "maxLength": 2048,
      "pattern": "^[A-Za-z][A-Za-z0-9+.-]*://[^\\s]+$",
      "description": "The default base URL; left out where it differs for every customer."
     },
     "docs": {
      "type": "string",
      "minLength": 1,
      "maxLength": 2048,
      "pattern": "^[A-Za-z][A-Za-z0-9+.-]*://[^\\s]+$",
      "description": "Where the vendor describes the API."
     },
     "openapi": {
      "description": "Exactly one of file, inline and (in a cluster) configMapRef.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
       "file": {
        "description": "A path relative to this file, inside the source directory; JSON or YAML.",
        "type": "string",
        "minLength": 1,
        "maxLength": 1024
       },
       "inline": {
        "description": "The document itself.",
        "type": "object",
        "maxProperties": 1000
       },
       "configMapRef": {
        "description": "In a cluster: the ConfigMap of the same namespace that holds the document, and its key.",
        "type": "object",
        "required": [
         "name",
         "key"
        ],
        "additionalProperties": false,
        "properties": {
         "name": {
          "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
          "type": "string",
          "minLength": 1,
          "maxLength": 253,
          "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
         },
         "key": {
          "description": "The key of the ConfigMap that holds the document.",
          "type": "string",
          "minLength": 1,
          "maxLength": 253
         }
        }
       }
      }
     },
     "operations": {
      "description": "The operations of a service that has no OpenAPI document.",
      "type": "array",
      "maxItems": 20000,
      "items": {
       "description": "One method of the service's API.",
       "type": "object",
       "required": [
        "method",
        "path"
       ],
       "additionalProperties": false,
       "properties": {
        "id": {
         "description": "Its name in permissions; without one the name is 'METHOD /path'.",
         "type": "string",
         "minLength": 1,
         "maxLength": 256,
         "pattern": "^\\S(.*\\S)?$"
        },
        "method": {
         "description": "An HTTP method in lower case; query or execute for a database, deliver for a webhook.",
         "type": "string",
         "minLength": 1,
         "maxLength": 16,
         "pattern": "^[a-z]+$"
        },
        "path": {
         "description": "The path template, beginning with '/'.",
         "type": "string",
         "minLength": 1,
         "maxLength": 1024,
         "pattern": "^/\\S*$"
        },
        "tags": {
         "description": "Names that group operations.",
         "type": "array",
         "maxItems": 50,
         "uniqueItems": true,
         "items": {
          "type": "string",
          "minLength": 1,
          "maxLength": 128
         }
        },
        "summary": {
         "type": "string",
         "maxLength": 500,
         "description": "What it does, in a few words."
        },
        "deprecated": {
         "type": "boolean",
         "description": "The vendor advises against it."
        },
        "security": {
         "description": "Alternatives, each a map from a way of authenticating to the scopes it needs, as in OpenAPI.",
         "type": "array",
         "maxItems": 20,
         "items": {
          "type": "object",
          "maxProperties": 10,
          "additionalProperties": {
           "type": "array",
           "maxItems": 100,
           "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": 256
           }
          }
         }
        }
       }
      }
     },
     "acceptedOperations": {
      "description": "The operations that somebody has accepted, each as 'METHOD /path' with the template as the document writes it.",
      "type": "array",
      "maxItems": 20000,
      "items": {
       "type": "string",
       "minLength": 3,
       "maxLength": 1100,
       "pattern": "^[A-Z-]+ /.*$"
      }
     },
     "auth": {
      "description": "The ways in which a credential may authenticate.",
      "type": "array",
      "maxItems": 16,
      "items": {
       "description": "One way in which a credential may authenticate, and where its fields go.",
       "type": "object",
       "required": [
        "type"
       ],
       "additionalProperties": false,
       "properties": {
        "type": {
         "description": "apiKey: fields apiKey and optional apiSecret.",
         "enum": [
          "apiKey",
          "basic",
          "bearer",
          "oauth2",
          "connectionString",
          "webhook"
         ]
        },
        "description": {
         "description": "One or two sentences for the people who choose or review it.",
         "type": "string",
         "minLength": 1,
         "maxLength": 2000
        },
        "in": {
         "description": "Where an API key is sent.",
         "enum": [
          "header",
          "query",
          "cookie"
         ]
        },
        "name": {
         "description": "The header, query parameter or cookie that carries the API key.",
         "type": "string",
         "minLength": 1,
         "maxLength": 128,
         "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"
        },
        "prefix": {
         "description": "Text in front of the API key, such as 'Token '.",
         "type": "string",
         "maxLength": 32
        },
        "flow": {
         "description": "authorizationCode (with PKCE; a person signs in) or clientCredentials (the service account signs in).",
         "enum": [
          "authorizationCode",
          "clientCredentials"
         ]
        },
        "authorizationUrl": {
         "type": "string",
         "minLength": 1,
         "maxLength": 2048,
         "pattern": "^[A-Za-z][A-Za-z0-9+.-]*://[^\\s]+$",
         "description": "Where a person signs in."
        },
        "tokenUrl": {
         "type": "string",
         "minLength": 1,
         "maxLength": 2048,
         "pattern": "^[A-Za-z][A-Za-z0-9+.-]*://[^\\s]+$",
         "description": "Where tokens are issued."
        },
        "scopes": {
         "description": "The scopes that may be asked for, each with what it permits.",
         "type": "object",
         "maxProperties": 500,
         "additionalProperties": {
          "type": "string",
          "maxLength": 500
         }
        }
       },
       "allOf": [
        {
         "if": {
          "properties": {
           "type": {
            "const": "apiKey"
           }
          },
          "required": [
           "type"
          ]
         },
         "then": {
          "required": [
           "in",
           "name"
          ]
         },
         "else": {
          "properties": {
           "in": false,
           "name": false,
           "prefix": false
          }
         }
        },
        {
         "if": {
          "properties": {
           "type": {
            "const": "oauth2"
           }
          },
          "required": [
           "type"
          ]
         },
         "then": {
          "required": [
           "flow",
           "tokenUrl"
          ]
         },
         "else": {
          "properties": {
           "flow": false,
           "authorizationUrl": false,
           "tokenUrl": false,
           "scopes": false
          }
         }
        },
        {
         "if": {
          "properties": {
           "type": {
            "const": "oauth2"
           },
           "flow": {
            "const": "authorizationCode"
           }
          },
          "required": [
           "type",
           "flow"
          ]
         },
         "then": {
          "required": [
           "authorizationUrl"
          ]
         }
        }
       ]
      }
     },
     "settingsSchema": {
      "description": "A JSON Schema (2020-12) that an integration's settings must satisfy.",
      "type": "object",
      "maxProperties": 1000
     },
     "test": {
      "description": "A harmless request that proves that a credential works.",
      "type": "object",
      "required": [
       "method",
       "path"
      ],
      "additionalProperties": false,
      "properties": {
       "method": {
        "description": "The HTTP method in lower case.",
        "type": "string",
        "minLength": 1,
        "maxLength": 16,
        "pattern": "^[a-z]+$"
       },
       "path": {
        "description": "The path below the endpoint.",
        "type": "string",
        "minLength": 1,
        "maxLength": 1024,
        "pattern": "^/\\S*$"
       },
       "expect": {
        "description": "The HTTP status of success; 200 when left out.",
        "type": "integer",
        "minimum": 100,
        "maximum": 599
       }
      }
     },
     "template": {
      "description": "A starting point for own definitions, refused as a reference.",
      "type": "boolean"
     },
     "suspend": {
      "description": "In a cluster: true leaves the resource as it is in the store until this is false again.",
      "type": "boolean"
     },
     "interval": {
      "description": "In a cluster: how often the store is compared with the resource when nothing has changed; at least 60s, and what is less counts as that.",
      "type": "string",
      "minLength": 2,
      "maxLength": 32,
      "pattern": "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$"
     },
     "mode": {
      "description": "In a cluster: Enforce writes the store, Observe only reports how it differs, Approve writes only what the annotation tenon.dev/approved names.",
      "enum": [
       "Enforce",
       "Observe",
       "Approve"
      ]
     }
    }
   },
   "sops": {
    "description": "Written by sops, which adds it to every document of a file it encrypts.",
    "type": "object"
   }
  }
 },
 "serviceDefinition": {
  "description": "A client's own catalogue entry: a service that integrations of its namespace connect to.",
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "additionalProperties": false,
  "properties": {
   "apiVersion": {
    "description": "The version of Tenon's documents.",
    "const": "tenon.dev/v1alpha1"
   },
   "kind": {
    "description": "Always ServiceDefinition.",
    "const": "ServiceDefinition"
   },
   "metadata": {
    "description": "The identity of a document.",
    "type": "object",
    "required": [
     "name"
    ],
    "additionalProperties": false,
    "properties": {
     "name": {
      "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
     },
     "namespace": {
      "description": "The client (tenant) that a document belongs to.",
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "description": "Key and value pairs to select resources by, with the syntax of Kubernetes labels.",
      "type": "object",
      "maxProperties": 64,
      "propertyNames": {
       "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
      },
      "additionalProperties": {
       "type": "string",
       "maxLength": 63,
       "pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"
      }
     },
     "annotations": {
      "description": "The author's own notes; Tenon keeps them and does not read them.",
      "type": "object",
      "maxProperties": 64,
      "propertyNames": {
       "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
      },
      "additionalProperties": {
       "type": "string",
       "maxLength": 16384
      }
     }
    }
   },
   "spec": {
    "description": "A service that integrations connect to.",
    "type": "object",
    "required": [
     "displayName",
     "description",
     "type"
    ],
    "additionalProperties": false,
    "properties": {
     "displayName": {
      "description": "What people read in lists and reviews.",
      "type": "string",
      "minLength": 1,
      "maxLength": 100
     },
     "description": {
      "description": "One or two sentences for the people who choose or review it.",
      "type": "string",
      "minLength": 1,
      "maxLength": 2000
     },
     "category": {
      "description": "Free text to group the catalogue by.",
      "type": "string",
      "minLength": 1,
      "maxLength": 64
     },
     "type": {
      "description": "openapi: an HTTP API with an OpenAPI document or a list of operations.",
      "enum": [
       "openapi",
       "http",
       "database",
       "webhook"
      ]
     },
     "endpoint": {
      "type": "string",
      "minLength": 1,
      "maxLength": 2048,
      "pattern": "^[A-Za-z][A-Za-z0-9+.-]*://[^\\s]+$",
      "description": "The default base URL; left out where it differs for every customer."
     },
     "docs": {
      "type": "string",
      "minLength": 1,
      "maxLength": 2048,
      "pattern": "^[A-Za-z][A-Za-z0-9+.-]*://[^\\s]+$",
      "description": "Where the vendor describes the API."
     },
     "openapi": {
      "description": "Exactly one of file, inline and (in a cluster) configMapRef.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
       "file": {
        "description": "A path relative to this file, inside the source directory; JSON or YAML.",
        "type": "string",
        "minLength": 1,
        "maxLength": 1024
       },
       "inline": {
        "description": "The document itself.",
        "type": "object",
        "maxProperties": 1000
       },
       "configMapRef": {
        "description": "In a cluster: the ConfigMap of the same namespace that holds the document, and its key.",
        "type": "object",
        "required": [
         "name",
         "key"
        ],
        "additionalProperties": false,
        "properties": {
         "name": {
          "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
          "type": "string",
          "minLength": 1,
          "maxLength": 253,
          "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
         },
         "key": {
          "description": "The key of the ConfigMap that holds the document.",
          "type": "string",
          "minLength": 1,
          "maxLength": 253
         }
        }
       }
      }
     },
     "operations": {
      "description": "The operations of a service that has no OpenAPI document.",
      "type": "array",
      "maxItems": 20000,
      "items": {
       "description": "One method of the service's API.",
       "type": "object",
       "required": [
        "method",
        "path"
       ],
       "additionalProperties": false,
       "properties": {
        "id": {
         "description": "Its name in permissions; without one the name is 'METHOD /path'.",
         "type": "string",
         "minLength": 1,
         "maxLength": 256,
         "pattern": "^\\S(.*\\S)?$"
        },
        "method": {
         "description": "An HTTP method in lower case; query or execute for a database, deliver for a webhook.",
         "type": "string",
         "minLength": 1,
         "maxLength": 16,
         "pattern": "^[a-z]+$"
        },
        "path": {
         "description": "The path template, beginning with '/'.",
         "type": "string",
         "minLength": 1,
         "maxLength": 1024,
         "pattern": "^/\\S*$"
        },
        "tags": {
         "description": "Names that group operations.",
         "type": "array",
         "maxItems": 50,
         "uniqueItems": true,
         "items": {
          "type": "string",
          "minLength": 1,
          "maxLength": 128
         }
        },
        "summary": {
         "type": "string",
         "maxLength": 500,
         "description": "What it does, in a few words."
        },
        "deprecated": {
         "type": "boolean",
         "description": "The vendor advises against it."
        },
        "security": {
         "description": "Alternatives, each a map from a way of authenticating to the scopes it needs, as in OpenAPI.",
         "type": "array",
         "maxItems": 20,
         "items": {
          "type": "object",
          "maxProperties": 10,
          "additionalProperties": {
           "type": "array",
           "maxItems": 100,
           "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": 256
           }
          }
         }
        }
       }
      }
     },
     "acceptedOperations": {
      "description": "The operations that somebody has accepted, each as 'METHOD /path' with the template as the document writes it.",
      "type": "array",
      "maxItems": 20000,
      "items": {
       "type": "string",
       "minLength": 3,
       "maxLength": 1100,
       "pattern": "^[A-Z-]+ /.*$"
      }
     },
     "auth": {
      "description": "The ways in which a credential may authenticate.",
      "type": "array",
      "maxItems": 16,
      "items": {
       "description": "One way in which a credential may authenticate, and where its fields go.",
       "type": "object",
       "required": [
        "type"
       ],
       "additionalProperties": false,
       "properties": {
        "type": {
         "description": "apiKey: fields apiKey and optional apiSecret.",
         "enum": [
          "apiKey",
          "basic",
          "bearer",
          "oauth2",
          "connectionString",
          "webhook"
         ]
        },
        "description": {
         "description": "One or two sentences for the people who choose or review it.",
         "type": "string",
         "minLength": 1,
         "maxLength": 2000
        },
        "in": {
         "description": "Where an API key is sent.",
         "enum": [
          "header",
          "query",
          "cookie"
         ]
        },
        "name": {
         "description": "The header, query parameter or cookie that carries the API key.",
         "type": "string",
         "minLength": 1,
         "maxLength": 128,
         "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"
        },
        "prefix": {
         "description": "Text in front of the API key, such as 'Token '.",
         "type": "string",
         "maxLength": 32
        },
        "flow": {
         "description": "authorizationCode (with PKCE; a person signs in) or clientCredentials (the service account signs in).",
         "enum": [
          "authorizationCode",
          "clientCredentials"
         ]
        },
        "authorizationUrl": {
         "type": "string",
         "minLength": 1,
         "maxLength": 2048,
         "pattern": "^[A-Za-z][A-Za-z0-9+.-]*://[^\\s]+$",
         "description": "Where a person signs in."
        },
        "tokenUrl": {
         "type": "string",
         "minLength": 1,
         "maxLength": 2048,
         "pattern": "^[A-Za-z][A-Za-z0-9+.-]*://[^\\s]+$",
         "description": "Where tokens are issued."
        },
        "scopes": {
         "description": "The scopes that may be asked for, each with what it permits.",
         "type": "object",
         "maxProperties": 500,
         "additionalProperties": {
          "type": "string",
          "maxLength": 500
         }
        }
       },
       "allOf": [
        {
         "if": {
          "properties": {
           "type": {
            "const": "apiKey"
           }
          },
          "required": [
           "type"
          ]
         },
         "then": {
          "required": [
           "in",
           "name"
          ]
         },
         "else": {
          "properties": {
           "in": false,
           "name": false,
           "prefix": false
          }
         }
        },
        {
         "if": {
          "properties": {
           "type": {
            "const": "oauth2"
           }
          },
          "required": [
           "type"
          ]
         },
         "then": {
          "required": [
           "flow",
           "tokenUrl"
          ]
         },
         "else": {
          "properties": {
           "flow": false,
           "authorizationUrl": false,
           "tokenUrl": false,
           "scopes": false
          }
         }
        },
        {
         "if": {
          "properties": {
           "type": {
            "const": "oauth2"
           },
           "flow": {
            "const": "authorizationCode"
           }
          },
          "required": [
           "type",
           "flow"
          ]
         },
         "then": {
          "required": [
           "authorizationUrl"
          ]
         }
        }
       ]
      }
     },
     "settingsSchema": {
      "description": "A JSON Schema (2020-12) that an integration's settings must satisfy.",
      "type": "object",
      "maxProperties": 1000
     },
     "test": {
      "description": "A harmless request that proves that a credential works.",
      "type": "object",
      "required": [
       "method",
       "path"
      ],
      "additionalProperties": false,
      "properties": {
       "method": {
        "description": "The HTTP method in lower case.",
        "type": "string",
        "minLength": 1,
        "maxLength": 16,
        "pattern": "^[a-z]+$"
       },
       "path": {
        "description": "The path below the endpoint.",
        "type": "string",
        "minLength": 1,
        "maxLength": 1024,
        "pattern": "^/\\S*$"
       },
       "expect": {
        "description": "The HTTP status of success; 200 when left out.",
        "type": "integer",
        "minimum": 100,
        "maximum": 599
       }
      }
     },
     "template": {
      "description": "A starting point for own definitions, refused as a reference.",
      "type": "boolean"
     },
     "suspend": {
      "description": "In a cluster: true leaves the resource as it is in the store until this is false again.",
      "type": "boolean"
     },
     "interval": {
      "description": "In a cluster: how often the store is compared with the resource when nothing has changed; at least 60s, and what is less counts as that.",
      "type": "string",
      "minLength": 2,
      "maxLength": 32,
      "pattern": "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$"
     },
     "mode": {
      "description": "In a cluster: Enforce writes the store, Observe only reports how it differs, Approve writes only what the annotation tenon.dev/approved names.",
      "enum": [
       "Enforce",
       "Observe",
       "Approve"
      ]
     }
    }
   },
   "sops": {
    "description": "Written by sops, which adds it to every document of a file it encrypts.",
    "type": "object"
   }
  }
 },
 "accessGroup": {
  "description": "A named set of people, for the access of integrations.",
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "additionalProperties": false,
  "properties": {
   "apiVersion": {
    "description": "The version of Tenon's documents.",
    "const": "tenon.dev/v1alpha1"
   },
   "kind": {
    "description": "Always AccessGroup.",
    "const": "AccessGroup"
   },
   "metadata": {
    "description": "The identity of a document.",
    "type": "object",
    "required": [
     "name"
    ],
    "additionalProperties": false,
    "properties": {
     "name": {
      "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
     },
     "namespace": {
      "description": "The client (tenant) that a document belongs to.",
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "description": "Key and value pairs to select resources by, with the syntax of Kubernetes labels.",
      "type": "object",
      "maxProperties": 64,
      "propertyNames": {
       "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
      },
      "additionalProperties": {
       "type": "string",
       "maxLength": 63,
       "pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"
      }
     },
     "annotations": {
      "description": "The author's own notes; Tenon keeps them and does not read them.",
      "type": "object",
      "maxProperties": 64,
      "propertyNames": {
       "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
      },
      "additionalProperties": {
       "type": "string",
       "maxLength": 16384
      }
     }
    }
   },
   "spec": {
    "description": "Who belongs to the group.",
    "type": "object",
    "required": [
     "displayName"
    ],
    "additionalProperties": false,
    "properties": {
     "displayName": {
      "description": "What people read in lists and reviews.",
      "type": "string",
      "minLength": 1,
      "maxLength": 100
     },
     "description": {
      "description": "One or two sentences for the people who choose or review it.",
      "type": "string",
      "minLength": 1,
      "maxLength": 2000
     },
     "owner": {
      "description": "An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).",
      "type": "string",
      "minLength": 1,
      "maxLength": 320,
      "pattern": "^[^\\s,]+$"
     },
     "members": {
      "description": "People, by e-mail address or subject.",
      "type": "array",
      "maxItems": 50000,
      "uniqueItems": true,
      "items": {
       "description": "An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).",
       "type": "string",
       "minLength": 1,
       "maxLength": 320,
       "pattern": "^[^\\s,]+$"
      }
     },
     "groups": {
      "description": "AccessGroups of this namespace whose members belong to this group too.",
      "type": "array",
      "maxItems": 1000,
      "uniqueItems": true,
      "items": {
       "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
       "type": "string",
       "minLength": 1,
       "maxLength": 253,
       "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
      }
     },
     "idpGroups": {
      "description": "Names of groups that the identity provider keeps.",
      "type": "array",
      "maxItems": 1000,
      "uniqueItems": true,
      "items": {
       "type": "string",
       "minLength": 1,
       "maxLength": 256,
       "pattern": "^\\S(.*\\S)?$"
      }
     },
     "expires": {
      "description": "The last day on which the group counts, YYYY-MM-DD in quotes; from the next day on nobody is in it.",
      "type": "string",
      "maxLength": 10,
      "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
     },
     "suspend": {
      "description": "In a cluster: true leaves the resource as it is in the store until this is false again.",
      "type": "boolean"
     },
     "interval": {
      "description": "In a cluster: how often the store is compared with the resource when nothing has changed; at least 60s, and what is less counts as that.",
      "type": "string",
      "minLength": 2,
      "maxLength": 32,
      "pattern": "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$"
     },
     "mode": {
      "description": "In a cluster: Enforce writes the store, Observe only reports how it differs, Approve writes only what the annotation tenon.dev/approved names.",
      "enum": [
       "Enforce",
       "Observe",
       "Approve"
      ]
     }
    }
   },
   "sops": {
    "description": "Written by sops, which adds it to every document of a file it encrypts.",
    "type": "object"
   }
  }
 },
 "credential": {
  "description": "How Tenon signs in to a service: its record in clear, its values encrypted.",
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "additionalProperties": false,
  "properties": {
   "apiVersion": {
    "description": "The version of Tenon's documents.",
    "const": "tenon.dev/v1alpha1"
   },
   "kind": {
    "description": "Always Credential.",
    "const": "Credential"
   },
   "metadata": {
    "description": "The identity of a document.",
    "type": "object",
    "required": [
     "name"
    ],
    "additionalProperties": false,
    "properties": {
     "name": {
      "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
     },
     "namespace": {
      "description": "The client (tenant) that a document belongs to.",
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "description": "Key and value pairs to select resources by, with the syntax of Kubernetes labels.",
      "type": "object",
      "maxProperties": 64,
      "propertyNames": {
       "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
      },
      "additionalProperties": {
       "type": "string",
       "maxLength": 63,
       "pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"
      }
     },
     "annotations": {
      "description": "The author's own notes; Tenon keeps them and does not read them.",
      "type": "object",
      "maxProperties": 64,
      "propertyNames": {
       "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
      },
      "additionalProperties": {
       "type": "string",
       "maxLength": 16384
      }
     }
    }
   },
   "spec": {
    "description": "The record, and exactly one source of values: data, file, sops or secretRef.",
    "type": "object",
    "required": [
     "service",
     "type",
     "scope",
     "label"
    ],
    "additionalProperties": false,
    "properties": {
     "service": {
      "description": "The catalogue entry to connect to: a shipped or global one, or one of the same namespace.",
      "type": "object",
      "required": [
       "kind",
       "name"
      ],
      "additionalProperties": false,
      "properties": {
       "kind": {
        "description": "ClusterServiceDefinition for shipped and global services, ServiceDefinition for a service of this namespace.",
        "enum": [
         "ClusterServiceDefinition",
         "ServiceDefinition"
        ]
       },
       "name": {
        "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
        "type": "string",
        "minLength": 1,
        "maxLength": 253,
        "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
       }
      }
     },
     "type": {
      "description": "One of the service's ways to authenticate.",
      "enum": [
       "apiKey",
       "basic",
       "bearer",
       "oauth2",
       "connectionString",
       "webhook"
      ]
     },
     "scope": {
      "description": "company: shared by the company.",
      "enum": [
       "company",
       "user"
      ]
     },
     "label": {
      "description": "What people read when they choose between credentials.",
      "type": "string",
      "minLength": 1,
      "maxLength": 100
     },
     "isDefault": {
      "description": "The one to use when nothing is chosen; at most one per service, scope and namespace.",
      "type": "boolean"
     },
     "account": {
      "description": "The account at the service that this credential signs in as.",
      "type": "object",
      "required": [
       "type",
       "owner",
       "purpose"
      ],
      "additionalProperties": false,
      "properties": {
       "type": {
        "description": "dedicated: an account of its own for this purpose.",
        "enum": [
         "dedicated",
         "personal"
        ]
       },
       "owner": {
        "description": "An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).",
        "type": "string",
        "minLength": 1,
        "maxLength": 320,
        "pattern": "^[^\\s,]+$"
       },
       "purpose": {
        "description": "What the account is for.",
        "type": "string",
        "minLength": 1,
        "maxLength": 500
       },
       "systems": {
        "description": "The systems that the account reaches.",
        "type": "array",
        "maxItems": 100,
        "uniqueItems": true,
        "items": {
         "type": "string",
         "minLength": 1,
         "maxLength": 128
        }
       },
       "adminLevel": {
        "description": "The account has administrator rights, which draws a warning.",
        "type": "boolean"
       },
       "notes": {
        "description": "Anything the next person should know; never a secret.",
        "type": "string",
        "maxLength": 2000
       }
      }
     },
     "rotation": {
      "description": "When the values have to be replaced.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
       "every": {
        "description": "Days, such as 90d, or a duration such as 12h or 1h30m.",
        "type": "string",
        "maxLength": 32,
        "pattern": "^([0-9]+d|([0-9]+(\\.[0-9]+)?(ms|s|m|h))+)$"
       },
       "lastRotated": {
        "description": "A calendar date, YYYY-MM-DD, in quotes.",
        "type": "string",
        "maxLength": 10,
        "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
       },
       "expires": {
        "description": "A calendar date, YYYY-MM-DD, in quotes.",
        "type": "string",
        "maxLength": 10,
        "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
       }
      }
     },
     "review": {
      "description": "When somebody has to look at the account again.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
       "every": {
        "description": "Days, such as 90d, or a duration such as 12h or 1h30m.",
        "type": "string",
        "maxLength": 32,
        "pattern": "^([0-9]+d|([0-9]+(\\.[0-9]+)?(ms|s|m|h))+)$"
       },
       "lastReviewed": {
        "description": "A calendar date, YYYY-MM-DD, in quotes.",
        "type": "string",
        "maxLength": 10,
        "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
       },
       "by": {
        "description": "An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).",
        "type": "string",
        "minLength": 1,
        "maxLength": 320,
        "pattern": "^[^\\s,]+$"
       }
      }
     },
     "data": {
      "description": "The fields of the type, encrypted in place by sops (encrypted_regex: ^data$).",
      "type": "object",
      "minProperties": 1,
      "maxProperties": 32
     },
     "file": {
      "description": "A SOPS file beside this one whose top-level fields are the values.",
      "type": "string",
      "minLength": 1,
      "maxLength": 1024
     },
     "sops": {
      "description": "A whole SOPS document as one string whose top-level fields are the values.",
      "type": "string",
      "minLength": 1,
      "maxLength": 262144
     },
     "secretRef": {
      "description": "In a cluster: a Secret of the same namespace that holds the values, plain or, under key, as a SOPS document.",
      "type": "object",
      "required": [
       "name"
      ],
      "additionalProperties": false,
      "properties": {
       "name": {
        "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
        "type": "string",
        "minLength": 1,
        "maxLength": 253,
        "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
       },
       "key": {
        "description": "The key of the Secret that holds a SOPS document.",
        "type": "string",
        "minLength": 1,
        "maxLength": 253
       }
      }
     },
     "suspend": {
      "description": "In a cluster: true leaves the resource as it is in the store until this is false again.",
      "type": "boolean"
     },
     "interval": {
      "description": "In a cluster: how often the store is compared with the resource when nothing has changed; at least 60s, and what is less counts as that.",
      "type": "string",
      "minLength": 2,
      "maxLength": 32,
      "pattern": "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$"
     },
     "mode": {
      "description": "In a cluster: Enforce writes the store, Observe only reports how it differs, Approve writes only what the annotation tenon.dev/approved names.",
      "enum": [
       "Enforce",
       "Observe",
       "Approve"
      ]
     }
    }
   },
   "sops": {
    "description": "Written by sops, which adds it to every document of a file it encrypts.",
    "type": "object"
   }
  }
 },
 "integration": {
  "description": "A connection to a service: who has access, what they may do there, and with which credentials.",
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "additionalProperties": false,
  "properties": {
   "apiVersion": {
    "description": "The version of Tenon's documents.",
    "const": "tenon.dev/v1alpha1"
   },
   "kind": {
    "description": "Always Integration.",
    "const": "Integration"
   },
   "metadata": {
    "description": "The identity of a document.",
    "type": "object",
    "required": [
     "name"
    ],
    "additionalProperties": false,
    "properties": {
     "name": {
      "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
     },
     "namespace": {
      "description": "The client (tenant) that a document belongs to.",
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "description": "Key and value pairs to select resources by, with the syntax of Kubernetes labels.",
      "type": "object",
      "maxProperties": 64,
      "propertyNames": {
       "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
      },
      "additionalProperties": {
       "type": "string",
       "maxLength": 63,
       "pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"
      }
     },
     "annotations": {
      "description": "The author's own notes; Tenon keeps them and does not read them.",
      "type": "object",
      "maxProperties": 64,
      "propertyNames": {
       "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
      },
      "additionalProperties": {
       "type": "string",
       "maxLength": 16384
      }
     }
    }
   },
   "spec": {
    "description": "The connection.",
    "type": "object",
    "required": [
     "title",
     "description",
     "service",
     "access"
    ],
    "additionalProperties": false,
    "properties": {
     "title": {
      "description": "What people read in lists and reviews.",
      "type": "string",
      "minLength": 1,
      "maxLength": 100
     },
     "description": {
      "description": "One or two sentences for the people who choose or review it.",
      "type": "string",
      "minLength": 1,
      "maxLength": 2000
     },
     "service": {
      "description": "The catalogue entry to connect to: a shipped or global one, or one of the same namespace.",
      "type": "object",
      "required": [
       "kind",
       "name"
      ],
      "additionalProperties": false,
      "properties": {
       "kind": {
        "description": "ClusterServiceDefinition for shipped and global services, ServiceDefinition for a service of this namespace.",
        "enum": [
         "ClusterServiceDefinition",
         "ServiceDefinition"
        ]
       },
       "name": {
        "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
        "type": "string",
        "minLength": 1,
        "maxLength": 253,
        "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
       }
      }
     },
     "enabled": {
      "description": "A disabled integration denies everything.",
      "type": "boolean"
     },
     "endpoint": {
      "type": "string",
      "minLength": 1,
      "maxLength": 2048,
      "pattern": "^[A-Za-z][A-Za-z0-9+.-]*://[^\\s]+$",
      "description": "The base URL to call, instead of the service's default."
     },
     "settings": {
      "description": "Values for the service's settingsSchema.",
      "type": "object",
      "maxProperties": 200
     },
     "access": {
      "description": "Who may use the integration at all: one level, and one or more of that level.",
      "type": "object",
      "required": [
       "level"
      ],
      "additionalProperties": false,
      "properties": {
       "level": {
        "description": "company, group or individual; levels never mix inside one integration.",
        "enum": [
         "company",
         "group",
         "individual"
        ]
       },
       "companies": {
        "description": "For level company: domains.",
        "type": "array",
        "maxItems": 1000,
        "uniqueItems": true,
        "items": {
         "description": "The domain of its people's e-mail addresses, compared exactly.",
         "type": "string",
         "minLength": 1,
         "maxLength": 253,
         "pattern": "^[^\\s,@/:A-Z]+$"
        },
        "minItems": 1
       },
       "groups": {
        "description": "For level group: AccessGroups of this namespace.",
        "type": "array",
        "maxItems": 1000,
        "uniqueItems": true,
        "items": {
         "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
         "type": "string",
         "minLength": 1,
         "maxLength": 253,
         "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
        },
        "minItems": 1
       },
       "individuals": {
        "description": "For level individual: e-mail addresses or subjects.",
        "type": "array",
        "maxItems": 1000,
        "uniqueItems": true,
        "items": {
         "description": "An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).",
         "type": "string",
         "minLength": 1,
         "maxLength": 320,
         "pattern": "^[^\\s,]+$"
        },
        "minItems": 1
       }
      }
     },
     "permissions": {
      "description": "What the people with access may do.",
      "type": "array",
      "maxItems": 1000,
      "items": {
       "description": "Gives an effect on the operations that all given selectors match, to everybody with access or to a part of them.",
       "type": "object",
       "required": [
        "effect"
       ],
       "additionalProperties": false,
       "properties": {
        "methods": {
         "description": "HTTP methods in lower case (query, execute and deliver for databases and webhooks).",
         "type": "array",
         "maxItems": 1000,
         "uniqueItems": true,
         "items": {
          "type": "string",
          "minLength": 1,
          "maxLength": 16,
          "pattern": "^[a-z]+$"
         },
         "minItems": 1
        },
        "operations": {
         "description": "Operation ids, or 'METHOD /path' for an operation without one.",
         "type": "array",
         "maxItems": 1000,
         "uniqueItems": true,
         "items": {
          "type": "string",
          "minLength": 1,
          "maxLength": 1100
         },
         "minItems": 1
        },
        "tags": {
         "description": "Tags of the service's operations.",
         "type": "array",
         "maxItems": 1000,
         "uniqueItems": true,
         "items": {
          "type": "string",
          "minLength": 1,
          "maxLength": 128
         },
         "minItems": 1
        },
        "paths": {
         "description": "Globs over the path template: * is one segment, ** any number of segments.",
         "type": "array",
         "maxItems": 1000,
         "uniqueItems": true,
         "items": {
          "type": "string",
          "minLength": 1,
          "maxLength": 1024,
          "pattern": "^/\\S*$"
         },
         "minItems": 1
        },
        "effect": {
         "description": "deny: refused.",
         "enum": [
          "deny",
          "confirm",
          "allow"
         ]
        },
        "includeNew": {
         "description": "true: also covers operations that nobody has accepted yet.",
         "type": "boolean"
        },
        "groups": {
         "description": "Narrows the permission to AccessGroups of the access, or ones nested in them.",
         "type": "array",
         "maxItems": 1000,
         "uniqueItems": true,
         "items": {
          "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
          "type": "string",
          "minLength": 1,
          "maxLength": 253,
          "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
         },
         "minItems": 1
        },
        "individuals": {
         "description": "Narrows the permission to people of the access.",
         "type": "array",
         "maxItems": 1000,
         "uniqueItems": true,
         "items": {
          "description": "An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).",
          "type": "string",
          "minLength": 1,
          "maxLength": 320,
          "pattern": "^[^\\s,]+$"
         },
         "minItems": 1
        },
        "companies": {
         "description": "Narrows the permission to companies of the access.",
         "type": "array",
         "maxItems": 1000,
         "uniqueItems": true,
         "items": {
          "description": "The domain of its people's e-mail addresses, compared exactly.",
          "type": "string",
          "minLength": 1,
          "maxLength": 253,
          "pattern": "^[^\\s,@/:A-Z]+$"
         },
         "minItems": 1
        }
       }
      }
     },
     "credentials": {
      "description": "Credentials of this namespace, for the same service.",
      "type": "array",
      "maxItems": 100,
      "uniqueItems": true,
      "items": {
       "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
       "type": "string",
       "minLength": 1,
       "maxLength": 253,
       "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
      }
     },
     "acknowledgement": {
      "description": "Who accepted which terms, and when.",
      "type": "object",
      "required": [
       "terms",
       "by",
       "date"
      ],
      "additionalProperties": false,
      "properties": {
       "terms": {
        "description": "The version of the terms.",
        "type": "string",
        "minLength": 1,
        "maxLength": 64
       },
       "by": {
        "description": "An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).",
        "type": "string",
        "minLength": 1,
        "maxLength": 320,
        "pattern": "^[^\\s,]+$"
       },
       "date": {
        "description": "A calendar date, YYYY-MM-DD, in quotes.",
        "type": "string",
        "maxLength": 10,
        "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
       }
      }
     },
     "dataClasses": {
      "description": "Classes of data that flow through the integration.",
      "type": "array",
      "maxItems": 100,
      "uniqueItems": true,
      "items": {
       "type": "string",
       "minLength": 1,
       "maxLength": 64,
       "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
      }
     },
     "deletionPolicy": {
      "description": "Delete: the integration goes when its document goes.",
      "enum": [
       "Delete",
       "Orphan"
      ]
     },
     "suspend": {
      "description": "In a cluster: true leaves the resource as it is in the store until this is false again.",
      "type": "boolean"
     },
     "interval": {
      "description": "In a cluster: how often the store is compared with the resource when nothing has changed; at least 60s, and what is less counts as that.",
      "type": "string",
      "minLength": 2,
      "maxLength": 32,
      "pattern": "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$"
     },
     "mode": {
      "description": "In a cluster: Enforce writes the store, Observe only reports how it differs, Approve writes only what the annotation tenon.dev/approved names.",
      "enum": [
       "Enforce",
       "Observe",
       "Approve"
      ]
     }
    }
   },
   "sops": {
    "description": "Written by sops, which adds it to every document of a file it encrypts.",
    "type": "object"
   }
  }
 },
 "consumer": {
  "description": "An assistant, agent, flow or job that uses integrations.",
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "additionalProperties": false,
  "properties": {
   "apiVersion": {
    "description": "The version of Tenon's documents.",
    "const": "tenon.dev/v1alpha1"
   },
   "kind": {
    "description": "Always Consumer.",
    "const": "Consumer"
   },
   "metadata": {
    "description": "The identity of a document.",
    "type": "object",
    "required": [
     "name"
    ],
    "additionalProperties": false,
    "properties": {
     "name": {
      "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
     },
     "namespace": {
      "description": "The client (tenant) that a document belongs to.",
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "description": "Key and value pairs to select resources by, with the syntax of Kubernetes labels.",
      "type": "object",
      "maxProperties": 64,
      "propertyNames": {
       "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
      },
      "additionalProperties": {
       "type": "string",
       "maxLength": 63,
       "pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"
      }
     },
     "annotations": {
      "description": "The author's own notes; Tenon keeps them and does not read them.",
      "type": "object",
      "maxProperties": 64,
      "propertyNames": {
       "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
      },
      "additionalProperties": {
       "type": "string",
       "maxLength": 16384
      }
     }
    }
   },
   "spec": {
    "description": "What uses which integrations.",
    "type": "object",
    "required": [
     "type",
     "displayName"
    ],
    "additionalProperties": false,
    "properties": {
     "type": {
      "description": "What kind of consumer it is.",
      "enum": [
       "assistant",
       "agent",
       "flow",
       "job"
      ]
     },
     "displayName": {
      "description": "What people read in lists and reviews.",
      "type": "string",
      "minLength": 1,
      "maxLength": 100
     },
     "description": {
      "description": "One or two sentences for the people who choose or review it.",
      "type": "string",
      "minLength": 1,
      "maxLength": 2000
     },
     "owner": {
      "description": "An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).",
      "type": "string",
      "minLength": 1,
      "maxLength": 320,
      "pattern": "^[^\\s,]+$"
     },
     "integrations": {
      "description": "Integrations of this namespace that it uses.",
      "type": "array",
      "maxItems": 1000,
      "uniqueItems": true,
      "items": {
       "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
       "type": "string",
       "minLength": 1,
       "maxLength": 253,
       "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
      }
     },
     "suspend": {
      "description": "In a cluster: true leaves the resource as it is in the store until this is false again.",
      "type": "boolean"
     },
     "interval": {
      "description": "In a cluster: how often the store is compared with the resource when nothing has changed; at least 60s, and what is less counts as that.",
      "type": "string",
      "minLength": 2,
      "maxLength": 32,
      "pattern": "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$"
     },
     "mode": {
      "description": "In a cluster: Enforce writes the store, Observe only reports how it differs, Approve writes only what the annotation tenon.dev/approved names.",
      "enum": [
       "Enforce",
       "Observe",
       "Approve"
      ]
     }
    }
   },
   "sops": {
    "description": "Written by sops, which adds it to every document of a file it encrypts.",
    "type": "object"
   }
  }
 },
 "guardrail": {
  "description": "A rule that judges changes in its namespace.",
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "additionalProperties": false,
  "properties": {
   "apiVersion": {
    "description": "The version of Tenon's documents.",
    "const": "tenon.dev/v1alpha1"
   },
   "kind": {
    "description": "Always Guardrail.",
    "const": "Guardrail"
   },
   "metadata": {
    "description": "The identity of a document.",
    "type": "object",
    "required": [
     "name"
    ],
    "additionalProperties": false,
    "properties": {
     "name": {
      "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
     },
     "namespace": {
      "description": "The client (tenant) that a document belongs to.",
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "description": "Key and value pairs to select resources by, with the syntax of Kubernetes labels.",
      "type": "object",
      "maxProperties": 64,
      "propertyNames": {
       "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
      },
      "additionalProperties": {
       "type": "string",
       "maxLength": 63,
       "pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"
      }
     },
     "annotations": {
      "description": "The author's own notes; Tenon keeps them and does not read them.",
      "type": "object",
      "maxProperties": 64,
      "propertyNames": {
       "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
      },
      "additionalProperties": {
       "type": "string",
       "maxLength": 16384
      }
     }
    }
   },
   "spec": {
    "description": "What a change must not break, and what becomes of one that does: either a built-in rule with its parameters, or expressions.",
    "type": "object",
    "required": [
     "description"
    ],
    "additionalProperties": false,
    "properties": {
     "description": {
      "description": "One or two sentences for the people who choose or review it.",
      "type": "string",
      "minLength": 1,
      "maxLength": 2000
     },
     "owner": {
      "description": "An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).",
      "type": "string",
      "minLength": 1,
      "maxLength": 320,
      "pattern": "^[^\\s,]+$"
     },
     "actions": {
      "description": "What becomes of a change that breaks the guardrail.",
      "type": "array",
      "maxItems": 3,
      "uniqueItems": true,
      "items": {
       "type": "string",
       "enum": [
        "Deny",
        "Warn",
        "Audit"
       ]
      },
      "minItems": 1
     },
     "match": {
      "description": "The integrations of this namespace that the guardrail is about: all given fields must match; all integrations when left out.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
       "integrations": {
        "description": "Names of integrations of this namespace; * stands for any characters.",
        "type": "array",
        "maxItems": 100,
        "uniqueItems": true,
        "items": {
         "type": "string",
         "minLength": 1,
         "maxLength": 253,
         "pattern": "^[-a-z0-9.*]+$"
        },
        "minItems": 1
       },
       "services": {
        "description": "Names of services that integrations connect to.",
        "type": "array",
        "maxItems": 100,
        "uniqueItems": true,
        "items": {
         "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
         "type": "string",
         "minLength": 1,
         "maxLength": 253,
         "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
        },
        "minItems": 1
       },
       "labels": {
        "description": "Labels that the integration must have, with these values.",
        "type": "object",
        "maxProperties": 64,
        "propertyNames": {
         "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
        },
        "additionalProperties": {
         "type": "string",
         "maxLength": 63,
         "pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"
        }
       }
      },
      "minProperties": 1
     },
     "rule": {
      "description": "The built-in rule.",
      "enum": [
       "no-unconfirmed-company-writes",
       "require-confirmation",
       "never",
       "only",
       "at-most",
       "at-least",
       "ceiling",
       "separation-of-duties",
       "no-new-access",
       "external-groups-end",
       "data-classes",
       "no-personal-account",
       "no-admin-account",
       "secrets-expire",
       "acknowledged-terms",
       "same-destination",
       "groups-owned",
       "named-writes",
       "max-removed"
      ]
     },
     "parameters": {
      "description": "The parameters of the built-in rule; `tenon guardrails list` says which rule takes which.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
       "who": {
        "description": "Everybody whom one of these lists names.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
         "groups": {
          "description": "AccessGroups of this namespace, with the groups nested in them.",
          "type": "array",
          "maxItems": 100,
          "uniqueItems": true,
          "items": {
           "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
           "type": "string",
           "minLength": 1,
           "maxLength": 253,
           "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
          },
          "minItems": 1
         },
         "individuals": {
          "description": "E-mail addresses or subjects.",
          "type": "array",
          "maxItems": 100,
          "uniqueItems": true,
          "items": {
           "description": "An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).",
           "type": "string",
           "minLength": 1,
           "maxLength": 320,
           "pattern": "^[^\\s,]+$"
          },
          "minItems": 1
         },
         "companies": {
          "description": "Domains.",
          "type": "array",
          "maxItems": 100,
          "uniqueItems": true,
          "items": {
           "description": "The domain of its people's e-mail addresses, compared exactly.",
           "type": "string",
           "minLength": 1,
           "maxLength": 253,
           "pattern": "^[^\\s,@/:A-Z]+$"
          },
          "minItems": 1
         },
         "idpGroups": {
          "description": "Names of groups that the identity provider keeps.",
          "type": "array",
          "maxItems": 100,
          "uniqueItems": true,
          "items": {
           "type": "string",
           "minLength": 1,
           "maxLength": 256,
           "pattern": "^\\S(.*\\S)?$"
          },
          "minItems": 1
         }
        },
        "minProperties": 1
       },
       "select": {
        "description": "The operations that all given selectors match; all operations when left out.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
         "writes": {
          "description": "true: only what changes something at the service.",
          "type": "boolean"
         },
         "methods": {
          "description": "HTTP methods in lower case (query, execute and deliver for databases and webhooks).",
          "type": "array",
          "maxItems": 100,
          "uniqueItems": true,
          "items": {
           "type": "string",
           "minLength": 1,
           "maxLength": 16,
           "pattern": "^[a-z]+$"
          },
          "minItems": 1
         },
         "operations": {
          "description": "Operation ids, or 'METHOD /path' for an operation without one.",
          "type": "array",
          "maxItems": 100,
          "uniqueItems": true,
          "items": {
           "type": "string",
           "minLength": 1,
           "maxLength": 1100
          },
          "minItems": 1
         },
         "tags": {
          "description": "Tags of the service's operations.",
          "type": "array",
          "maxItems": 100,
          "uniqueItems": true,
          "items": {
           "type": "string",
           "minLength": 1,
           "maxLength": 128
          },
          "minItems": 1
         },
         "paths": {
          "description": "Globs over the path template: * is one segment, ** any number of segments.",
          "type": "array",
          "maxItems": 100,
          "uniqueItems": true,
          "items": {
           "type": "string",
           "minLength": 1,
           "maxLength": 1024,
           "pattern": "^/\\S*$"
          },
          "minItems": 1
         }
        },
        "minProperties": 1
       },
       "effect": {
        "description": "confirm: whatever can be called, asked or not; allow: only what can be called without being asked; confirm when left out.",
        "enum": [
         "confirm",
         "allow"
        ]
       },
       "ignoreUnknownMembers": {
        "description": "true: members of identity provider groups are taken to be in no other group and to be nobody who is named here, and are not counted; otherwise a rule holds only if it holds whoever they are.",
        "type": "boolean"
       },
       "max": {
        "description": "How many people may, at most.",
        "type": "integer",
        "minimum": 0,
        "maximum": 1000000
       },
       "min": {
        "description": "How many people have to be able to, at least.",
        "type": "integer",
        "minimum": 1,
        "maximum": 1000000
       },
       "ceiling": {
        "description": "All that may be given: what no entry covers may not be called.",
        "type": "array",
        "minItems": 1,
        "maxItems": 100,
        "items": {
         "description": "The highest effect of these operations for these people on these integrations.",
         "type": "object",
         "required": [
          "effect"
         ],
         "additionalProperties": false,
         "properties": {
          "who": {
           "description": "Everybody whom one of these lists names.",
           "type": "object",
           "additionalProperties": false,
           "properties": {
            "groups": {
             "description": "AccessGroups of this namespace, with the groups nested in them.",
             "type": "array",
             "maxItems": 100,
             "uniqueItems": true,
             "items": {
              "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
              "type": "string",
              "minLength": 1,
              "maxLength": 253,
              "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
             },
             "minItems": 1
            },
            "individuals": {
             "description": "E-mail addresses or subjects.",
             "type": "array",
             "maxItems": 100,
             "uniqueItems": true,
             "items": {
              "description": "An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).",
              "type": "string",
              "minLength": 1,
              "maxLength": 320,
              "pattern": "^[^\\s,]+$"
             },
             "minItems": 1
            },
            "companies": {
             "description": "Domains.",
             "type": "array",
             "maxItems": 100,
             "uniqueItems": true,
             "items": {
              "description": "The domain of its people's e-mail addresses, compared exactly.",
              "type": "string",
              "minLength": 1,
              "maxLength": 253,
              "pattern": "^[^\\s,@/:A-Z]+$"
             },
             "minItems": 1
            },
            "idpGroups": {
             "description": "Names of groups that the identity provider keeps.",
             "type": "array",
             "maxItems": 100,
             "uniqueItems": true,
             "items": {
              "type": "string",
              "minLength": 1,
              "maxLength": 256,
              "pattern": "^\\S(.*\\S)?$"
             },
             "minItems": 1
            }
           },
           "minProperties": 1
          },
          "integrations": {
           "description": "Names of integrations of this namespace; * stands for any characters.",
           "type": "array",
           "maxItems": 100,
           "uniqueItems": true,
           "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": 253,
            "pattern": "^[-a-z0-9.*]+$"
           },
           "minItems": 1
          },
          "services": {
           "description": "Names of services that integrations connect to.",
           "type": "array",
           "maxItems": 100,
           "uniqueItems": true,
           "items": {
            "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
            "type": "string",
            "minLength": 1,
            "maxLength": 253,
            "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
           },
           "minItems": 1
          },
          "select": {
           "description": "The operations that all given selectors match; all operations when left out.",
           "type": "object",
           "additionalProperties": false,
           "properties": {
            "writes": {
             "description": "true: only what changes something at the service.",
             "type": "boolean"
            },
            "methods": {
             "description": "HTTP methods in lower case (query, execute and deliver for databases and webhooks).",
             "type": "array",
             "maxItems": 100,
             "uniqueItems": true,
             "items": {
              "type": "string",
              "minLength": 1,
              "maxLength": 16,
              "pattern": "^[a-z]+$"
             },
             "minItems": 1
            },
            "operations": {
             "description": "Operation ids, or 'METHOD /path' for an operation without one.",
             "type": "array",
             "maxItems": 100,
             "uniqueItems": true,
             "items": {
              "type": "string",
              "minLength": 1,
              "maxLength": 1100
             },
             "minItems": 1
            },
            "tags": {
             "description": "Tags of the service's operations.",
             "type": "array",
             "maxItems": 100,
             "uniqueItems": true,
             "items": {
              "type": "string",
              "minLength": 1,
              "maxLength": 128
             },
             "minItems": 1
            },
            "paths": {
             "description": "Globs over the path template: * is one segment, ** any number of segments.",
             "type": "array",
             "maxItems": 100,
             "uniqueItems": true,
             "items": {
              "type": "string",
              "minLength": 1,
              "maxLength": 1024,
              "pattern": "^/\\S*$"
             },
             "minItems": 1
            }
           },
           "minProperties": 1
          },
          "effect": {
           "description": "confirm: only when the user is asked.",
           "enum": [
            "confirm",
            "allow"
           ]
          }
         }
        }
       },
       "one": {
        "description": "What one person may do, if not the other duty too.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
         "integrations": {
          "description": "Names of integrations of this namespace; * stands for any characters.",
          "type": "array",
          "maxItems": 100,
          "uniqueItems": true,
          "items": {
           "type": "string",
           "minLength": 1,
           "maxLength": 253,
           "pattern": "^[-a-z0-9.*]+$"
          },
          "minItems": 1
         },
         "services": {
          "description": "Names of services that integrations connect to.",
          "type": "array",
          "maxItems": 100,
          "uniqueItems": true,
          "items": {
           "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
           "type": "string",
           "minLength": 1,
           "maxLength": 253,
           "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
          },
          "minItems": 1
         },
         "select": {
          "description": "The operations that all given selectors match; all operations when left out.",
          "type": "object",
          "additionalProperties": false,
          "properties": {
           "writes": {
            "description": "true: only what changes something at the service.",
            "type": "boolean"
           },
           "methods": {
            "description": "HTTP methods in lower case (query, execute and deliver for databases and webhooks).",
            "type": "array",
            "maxItems": 100,
            "uniqueItems": true,
            "items": {
             "type": "string",
             "minLength": 1,
             "maxLength": 16,
             "pattern": "^[a-z]+$"
            },
            "minItems": 1
           },
           "operations": {
            "description": "Operation ids, or 'METHOD /path' for an operation without one.",
            "type": "array",
            "maxItems": 100,
            "uniqueItems": true,
            "items": {
             "type": "string",
             "minLength": 1,
             "maxLength": 1100
            },
            "minItems": 1
           },
           "tags": {
            "description": "Tags of the service's operations.",
            "type": "array",
            "maxItems": 100,
            "uniqueItems": true,
            "items": {
             "type": "string",
             "minLength": 1,
             "maxLength": 128
            },
            "minItems": 1
           },
           "paths": {
            "description": "Globs over the path template: * is one segment, ** any number of segments.",
            "type": "array",
            "maxItems": 100,
            "uniqueItems": true,
            "items": {
             "type": "string",
             "minLength": 1,
             "maxLength": 1024,
             "pattern": "^/\\S*$"
            },
            "minItems": 1
           }
          },
          "minProperties": 1
         }
        },
        "minProperties": 1
       },
       "other": {
        "description": "What one person may do, if not the other duty too.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
         "integrations": {
          "description": "Names of integrations of this namespace; * stands for any characters.",
          "type": "array",
          "maxItems": 100,
          "uniqueItems": true,
          "items": {
           "type": "string",
           "minLength": 1,
           "maxLength": 253,
           "pattern": "^[-a-z0-9.*]+$"
          },
          "minItems": 1
         },
         "services": {
          "description": "Names of services that integrations connect to.",
          "type": "array",
          "maxItems": 100,
          "uniqueItems": true,
          "items": {
           "description": "A name that Kubernetes accepts too: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.",
           "type": "string",
           "minLength": 1,
           "maxLength": 253,
           "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
          },
          "minItems": 1
         },
         "select": {
          "description": "The operations that all given selectors match; all operations when left out.",
          "type": "object",
          "additionalProperties": false,
          "properties": {
           "writes": {
            "description": "true: only what changes something at the service.",
            "type": "boolean"
           },
           "methods": {
            "description": "HTTP methods in lower case (query, execute and deliver for databases and webhooks).",
            "type": "array",
            "maxItems": 100,
            "uniqueItems": true,
            "items": {
             "type": "string",
             "minLength": 1,
             "maxLength": 16,
             "pattern": "^[a-z]+$"
            },
            "minItems": 1
           },
           "operations": {
            "description": "Operation ids, or 'METHOD /path' for an operation without one.",
            "type": "array",
            "maxItems": 100,
            "uniqueItems": true,
            "items": {
             "type": "string",
             "minLength": 1,
             "maxLength": 1100
            },
            "minItems": 1
           },
           "tags": {
            "description": "Tags of the service's operations.",
            "type": "array",
            "maxItems": 100,
            "uniqueItems": true,
            "items": {
             "type": "string",
             "minLength": 1,
             "maxLength": 128
            },
            "minItems": 1
           },
           "paths": {
            "description": "Globs over the path template: * is one segment, ** any number of segments.",
            "type": "array",
            "maxItems": 100,
            "uniqueItems": true,
            "items": {
             "type": "string",
             "minLength": 1,
             "maxLength": 1024,
             "pattern": "^/\\S*$"
            },
            "minItems": 1
           }
          },
          "minProperties": 1
         }
        },
        "minProperties": 1
       },
       "groups": {
        "description": "Names of AccessGroups of this namespace; * stands for any characters.",
        "type": "array",
        "maxItems": 100,
        "uniqueItems": true,
        "items": {
         "type": "string",
         "minLength": 1,
         "maxLength": 253,
         "pattern": "^[-a-z0-9.*]+$"
        },
        "minItems": 1
       },
       "holdingIdpGroups": {
        "description": "true: every AccessGroup that lists idpGroups, too.",
        "type": "boolean"
       },
       "days": {
        "description": "How many days, counted from the day of the judgement.",
        "type": "integer",
        "minimum": 0,
        "maximum": 36500
       },
       "classes": {
        "description": "Classes of data that flow through integrations.",
        "type": "array",
        "maxItems": 100,
        "uniqueItems": true,
        "items": {
         "type": "string",
         "minLength": 1,
         "maxLength": 64,
         "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
        },
        "minItems": 1
       },
       "demand": {
        "description": "only: nobody but who can call; confirm: every call is confirmed; forbid: no enabled integration has these classes; declare: every integration says which classes it has, and only these.",
        "enum": [
         "only",
         "confirm",
         "forbid",
         "declare"
        ]
       },
       "terms": {
        "description": "Versions of the terms that may be acknowledged.",
        "type": "array",
        "maxItems": 100,
        "uniqueItems": true,
        "items": {
         "type": "string",
         "minLength": 1,
         "maxLength": 64
        },
        "minItems": 1
       },
       "hosts": {
        "description": "Hosts that credentials may be sent to; * stands for any characters.",
        "type": "array",
        "maxItems": 100,
        "uniqueItems": true,
        "items": {
         "type": "string",
         "minLength": 1,
         "maxLength": 253,
         "pattern": "^[-a-z0-9.*:\\[\\]]+$"
        },
        "minItems": 1
       },
       "accountRequired": {
        "description": "true: a credential that does not say whose account it is breaks the rule.",
        "type": "boolean"
       },
       "percent": {
        "description": "How much a change may take away, at most.",
        "type": "integer",
        "minimum": 0,
        "maximum": 100
       },
       "of": {
        "description": "people: those known by name who lose something, among all who could call anything; integrations: those deleted or disabled, among all that were enabled.",
        "enum": [
         "people",
         "integrations"
        ]
       }
      },
      "minProperties": 1
     },
     "over": {
      "description": "finding: the expressions are evaluated for each finding of the change, on each integration that it is about.",
      "enum": [
       "finding",
       "change"
      ]
     },
     "matchConditions": {
      "description": "Expressions that must all be true; otherwise a finding is passed over.",
      "type": "array",
      "minItems": 1,
      "maxItems": 20,
      "items": {
       "description": "A condition with its name.",
       "type": "object",
       "required": [
        "name",
        "expression"
       ],
       "additionalProperties": false,
       "properties": {
        "name": {
         "description": "What reports call the condition.",
         "type": "string",
         "minLength": 1,
         "maxLength": 63,
         "pattern": "^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"
        },
        "expression": {
         "description": "True: the finding is judged.",
         "type": "string",
         "minLength": 1,
         "maxLength": 4096
        }
       }
      }
     },
     "variables": {
      "description": "Expressions with names; later expressions read them as variables.NAME.",
      "type": "array",
      "minItems": 1,
      "maxItems": 20,
      "items": {
       "description": "An expression with its name.",
       "type": "object",
       "required": [
        "name",
        "expression"
       ],
       "additionalProperties": false,
       "properties": {
        "name": {
         "description": "What follows variables.",
         "type": "string",
         "minLength": 1,
         "maxLength": 63,
         "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"
        },
        "expression": {
         "description": "The value.",
         "type": "string",
         "minLength": 1,
         "maxLength": 4096
        }
       }
      }
     },
     "validations": {
      "description": "Expressions that must all be true, in the Common Expression Language.",
      "type": "array",
      "minItems": 1,
      "maxItems": 20,
      "items": {
       "description": "An expression with the message for when it is not true.",
       "type": "object",
       "required": [
        "expression"
       ],
       "additionalProperties": false,
       "properties": {
        "expression": {
         "description": "True: the finding, or the change, is fine.",
         "type": "string",
         "minLength": 1,
         "maxLength": 4096
        },
        "message": {
         "description": "What is wrong when it is not true, in one sentence without a full stop.",
         "type": "string",
         "minLength": 1,
         "maxLength": 500
        },
        "messageExpression": {
         "description": "A message made by an expression; used before message, unless it is empty or fails.",
         "type": "string",
         "minLength": 1,
         "maxLength": 4096
        }
       }
      }
     },
     "failurePolicy": {
      "description": "Fail, always: an expression that cannot be evaluated counts as broken.",
      "enum": [
       "Fail"
      ]
     },
     "waivers": {
      "description": "What may break the guardrail all the same, until when, and who answers for it.",
      "type": "array",
      "minItems": 1,
      "maxItems": 100,
      "items": {
       "description": "An exception.",
       "type": "object",
       "required": [
        "id",
        "owner",
        "reason",
        "expires"
       ],
       "additionalProperties": false,
       "properties": {
        "id": {
         "description": "What reports call the waiver, such as the number of a ticket.",
         "type": "string",
         "minLength": 1,
         "maxLength": 64,
         "pattern": "^[A-Za-z0-9][-A-Za-z0-9._]*$"
        },
        "owner": {
         "description": "An e-mail address (compared in lower case) or a subject of the identity provider (compared exactly).",
         "type": "string",
         "minLength": 1,
         "maxLength": 320,
         "pattern": "^[^\\s,]+$"
        },
        "reason": {
         "description": "Why it may be.",
         "type": "string",
         "minLength": 1,
         "maxLength": 500
        },
        "expires": {
         "description": "The last day on which the waiver counts, YYYY-MM-DD, in quotes.",
         "type": "string",
         "maxLength": 10,
         "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
        },
        "integrations": {
         "description": "Names of integrations of this namespace; * stands for any characters.",
         "type": "array",
         "maxItems": 100,
         "uniqueItems": true,
         "items": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253,
          "pattern": "^[-a-z0-9.*]+$"
         },
         "minItems": 1
        },
        "fingerprints": {
         "description": "Fingerprints of violations, as a review shows them.",
         "type": "array",
         "maxItems": 100,
         "uniqueItems": true,
         "items": {
          "type": "string",
          "minLength": 8,
          "maxLength": 80,
          "pattern": "^[a-z0-9:]+$"
         },
         "minItems": 1
        }
       }
      }
     },
     "suspend": {
      "description": "In a cluster: true leaves the resource as it is in the store until this is false again.",
      "type": "boolean"
     },
     "interval": {
      "description": "In a cluster: how often the store is compared with the resource when nothing has changed; at least 60s, and what is less counts as that.",
      "type": "string",
      "minLength": 2,
      "maxLength": 32,
      "pattern": "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$"
     },
     "mode": {
      "description": "In a cluster: Enforce writes the store, Observe only reports how it differs, Approve writes only what the annotation tenon.dev/approved names.",
      "enum": [
       "Enforce",
       "Observe",
       "Approve"
      ]
     }
    }
   },
   "sops": {
    "description": "Written by sops, which adds it to every document of a file it encrypts.",
    "type": "object"
   }
  }
 },
 "config": {
  "description": "tenon.yaml at the top of a source directory: defaults of that source.",
  "type": "object",
  "additionalProperties": false,
  "properties": {
   "owner": {
    "description": "Who declares the resources of this directory, recorded in the store.",
    "type": "string",
    "minLength": 1,
    "maxLength": 200,
    "pattern": "^[A-Za-z0-9][A-Za-z0-9:._/@+-]*$"
   },
   "namespace": {
    "description": "The client (tenant) that a document belongs to.",
    "type": "string",
    "minLength": 1,
    "maxLength": 63,
    "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
   },
   "guards": {
    "description": "Limits on what one plan may delete.",
    "type": "object",
    "additionalProperties": false,
    "properties": {
     "maxDeletes": {
      "description": "How many integrations of this owner one plan may delete; 10 when left out.",
      "type": "integer",
      "minimum": 0,
      "maximum": 1000000
     },
     "maxDeletePercent": {
      "description": "Which share of this owner's integrations one plan may delete, in percent; 30 when left out.",
      "type": "integer",
      "minimum": 0,
      "maximum": 100
     }
    }
   },
   "credentials": {
    "description": "What credentials of this directory must satisfy.",
    "type": "object",
    "additionalProperties": false,
    "properties": {
     "requireBinding": {
      "description": "Refuse a credential whose encrypted values do not say what they are for.",
      "type": "boolean"
     }
    }
   }
  }
 },
 "lockFile": {
  "description": "tenon.lock.yaml at the top of a source directory, written by `tenon lock`: the operations that were accepted of the services that its documents declare.",
  "type": "object",
  "required": [
   "formatVersion",
   "services"
  ],
  "additionalProperties": false,
  "properties": {
   "formatVersion": {
    "description": "The version of this file's format: 1.",
    "type": "integer",
    "minimum": 1,
    "maximum": 1
   },
   "services": {
    "description": "By the address of a service, its accepted operations, each as 'METHOD /path' with the template as the document writes it.",
    "type": "object",
    "maxProperties": 100000,
    "propertyNames": {
     "pattern": "^(clusterServiceDefinition|serviceDefinition/[^/]+)/[^/]+$"
    },
    "additionalProperties": {
     "description": "The accepted operations of one service.",
     "type": "array",
     "maxItems": 100000,
     "items": {
      "type": "string",
      "minLength": 3,
      "maxLength": 8192,
      "pattern": "^[A-Z-]+ /.*$"
     }
    }
   }
  }
 },
 "guardrailCases": {
  "description": "A *.guardrail-cases.yaml file beside guardrails: changes, and what the guardrails must say of them.",
  "type": "object",
  "required": [
   "guardrails",
   "cases"
  ],
  "additionalProperties": false,
  "properties": {
   "guardrails": {
    "description": "The files of the guardrails, relative to this one.",
    "type": "array",
    "minItems": 1,
    "maxItems": 100,
    "uniqueItems": true,
    "items": {
     "type": "string",
     "minLength": 1,
     "maxLength": 1024
    }
   },
   "namespace": {
    "description": "The namespace of documents that name none; else that of tenon.yaml, else default.",
    "type": "string",
    "minLength": 1,
    "maxLength": 63,
    "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
   },
   "shared": {
    "description": "Documents that are there before and after every change: files relative to this one, or documents written out.",
    "type": "array",
    "maxItems": 1000,
    "items": {
     "description": "A file relative to this one, or a document written out."
    }
   },
   "cases": {
    "description": "Changes, and what the guardrails must say of them.",
    "type": "array",
    "minItems": 1,
    "maxItems": 1000,
    "items": {
     "description": "One change.",
     "type": "object",
     "required": [
      "name",
      "expect"
     ],
     "additionalProperties": false,
     "properties": {
      "name": {
       "description": "What the case shows, in a few words.",
       "type": "string",
       "minLength": 1,
       "maxLength": 200
      },
      "before": {
       "description": "What is there before the change, beside the shared documents; nothing when left out.",
       "type": "array",
       "maxItems": 1000,
       "items": {
        "description": "A file relative to this one, or a document written out."
       }
      },
      "after": {
       "description": "What is there after the change, beside the shared documents; nothing when left out.",
       "type": "array",
       "maxItems": 1000,
       "items": {
        "description": "A file relative to this one, or a document written out."
       }
      },
      "asOf": {
       "description": "The day on which the change is judged, YYYY-MM-DD, in quotes; today when left out.",
       "type": "string",
       "maxLength": 10,
       "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
      },
      "expect": {
       "description": "By the name of a guardrail (namespace/name where it is in another namespace): what it must say.",
       "type": "object",
       "minProperties": 1,
       "maxProperties": 1000,
       "propertyNames": {
        "pattern": "^[a-z0-9][-a-z0-9.]*(/[a-z0-9][-a-z0-9.]*)?$"
       },
       "additionalProperties": {
        "description": "holds, broken, or failed where it cannot be evaluated.",
        "enum": [
         "holds",
         "broken",
         "failed"
        ]
       }
      },
      "violations": {
       "description": "By the name of a guardrail: texts of which each must be in one of its violations.",
       "type": "object",
       "maxProperties": 1000,
       "propertyNames": {
        "pattern": "^[a-z0-9][-a-z0-9.]*(/[a-z0-9][-a-z0-9.]*)?$"
       },
       "additionalProperties": {
        "description": "One entry for each text.",
        "type": "array",
        "minItems": 1,
        "maxItems": 100,
        "items": {
         "description": "A text that must be in a violation.",
         "type": "object",
         "required": [
          "contains"
         ],
         "additionalProperties": false,
         "properties": {
          "contains": {
           "description": "A part of the message, or of the witness.",
           "type": "string",
           "minLength": 1,
           "maxLength": 500
          }
         }
        }
       }
      }
     }
    }
   }
  }
 }
}
