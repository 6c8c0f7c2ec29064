# How the services of modelarts.tf come into the state; gone before a plan is timed.

import {
  for_each = var.services
  to       = huaweicloud_modelarts_service.service[each.key]
  id       = each.key
}
