# The services of modelarts.py, for OpenTofu. They are made by that program and imported here.

variable "endpoint" {
  type = string
}

# The names, which that program makes, by the ids.
variable "services" {
  type = map(string)
}

provider "huaweicloud" {
  endpoints = { modelarts = var.endpoint }
  # It would ask an address of the real cloud.
  skip_check_website_type = true
}

resource "huaweicloud_modelarts_service" "service" {
  for_each = var.services

  name        = each.value
  description = "Service number ${split("-", each.value)[1]} of the benchmark"
  infer_type  = "real-time"

  config {
    model_id       = "0c3f8a52-6d1e-4b0a-9f5c-2f7d6f0f1a11"
    weight         = 70
    specification  = "modelarts.vm.cpu.2u"
    instance_count = 2
    envs           = { BATCH = "8", LOG_LEVEL = "info", MODEL_CACHE = "/cache/models" }
  }

  config {
    model_id       = "0c3f8a52-6d1e-4b0a-9f5c-2f7d6f0f1a12"
    weight         = 30
    specification  = "modelarts.vm.cpu.2u"
    instance_count = 1
    envs           = { BATCH = "4", LOG_LEVEL = "info" }
  }
}
