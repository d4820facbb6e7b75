//! A renderer besides JSON, to choose between. The fuzz target `negotiation` has it too.

use restwell::renderers::{Renderer, RendererContext};
use serde_json::Value;

pub(crate) const HTML: &dyn Renderer = &HtmlRenderer;

struct HtmlRenderer;

impl Renderer for HtmlRenderer {
    fn media_type(&self) -> &'static str {
        "text/html"
    }

    fn format(&self) -> &'static str {
        "api"
    }

    fn render(&self, _: &Value, _: &RendererContext<'_>) -> Result<Vec<u8>, String> {
        Ok(Vec::new())
    }
}
