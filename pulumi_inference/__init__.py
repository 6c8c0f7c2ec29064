"""Infrastructure as code for model serving: Huawei ModelArts, NVIDIA Cloud Functions, Alaya NeW."""
